import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const authTagLength = 16

/**
 * Encrypts texts that are stored outside this process (AES-256-GCM), with a key derived from the secret and the purpose
 * (HKDF, RFC 5869). `owner` is bound to the text, so that an encrypted text cannot be moved to another place. `open`
 * returns undefined when the key differs, or the text was changed.
 */
export const createSeal = (secret: string | Buffer, purpose: string) => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))
  return {
    close: (text: string, owner: string): string => {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv(algorithm, key, iv, { authTagLength }).setAAD(Buffer.from(owner))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
    },
    open: (sealed: string, owner: string): string | undefined => {
      try {
        const bytes = Buffer.from(sealed, 'base64')
        const iv = bytes.subarray(0, ivBytes)
        const decipher = createDecipheriv(algorithm, key, iv, { authTagLength }).setAAD(Buffer.from(owner))
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + authTagLength))
        return decipher.update(bytes.subarray(ivBytes + authTagLength), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    }
  }
}

export type Seal = ReturnType<typeof createSeal>

/** A key of a ring. Its id is the prefix of each text that it has encrypted. */
export type RingKey = { readonly id: string; readonly secret: Buffer }

/**
 * Encrypts texts with the first of several keys, and decrypts texts of any of them. So a key can be replaced while
 * texts of the previous key are still stored. `open` returns undefined as for a seal, and when the key is gone.
 */
export const createKeyRing = (keys: readonly RingKey[], purpose: string) => {
  const seals = new Map(keys.map(({ id, secret }) => [id, createSeal(secret, purpose)]))
  const [first] = seals
  return {
    /** Returns undefined without a key. */
    close: (text: string, owner: string): string | undefined => first && `${first[0]}.${first[1].close(text, owner)}`,
    open: (sealed: string, owner: string): string | undefined => {
      const at = sealed.indexOf('.')
      return seals.get(sealed.slice(0, at))?.open(sealed.slice(at + 1), owner)
    }
  }
}

export type KeyRing = ReturnType<typeof createKeyRing>
