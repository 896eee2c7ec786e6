import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const authTagLength = 16

/**
 * Seals texts that rest outside this process (AES-256-GCM), by a key from the secret and the purpose (HKDF, RFC 5869).
 * `owner` is bound to the text, so that a sealed text cannot be moved to another place. `open` returns undefined when
 * the key is another one, or the text was changed.
 */
export const createSeal = (secret: string, purpose: string) => {
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
