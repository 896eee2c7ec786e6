import { ConfigError } from '../errors.ts'
import { secretOf } from './secret.ts'
import { createSettings, type Environment, type Settings } from './settings.ts'

const mega = 1024 * 1024
const minKeyLength = 32

/** The audit log. Sizes in bytes. */
export const readAuditLog = ({ text, secretText, integer, refuse }: Settings) => {
  const key = secretText('AUDIT_CHAIN_KEY')
  if (key !== undefined && key.length < minKeyLength)
    refuse(`AUDIT_CHAIN_KEY must have at least ${minKeyLength} characters`)
  return {
    /** undefined = stdout, or a temporary file on the embedded simulator */
    auditFile: text('AUDIT_FILE'),
    auditMaxBytes: integer('AUDIT_MAX_MB', 100, 1, 10_240) * mega,
    /** days after which rotated files are deleted; 0 = never */
    auditKeepDays: integer('AUDIT_KEEP_DAYS', 0, 0, 36_500),
    /** the key of the chain of hashes; undefined = SHA-256 without a key */
    auditChainKey: key === undefined ? undefined : secretOf(key)
  }
}

/** Reads only the settings of the audit log. Throws ConfigError. */
export const readAuditSettings = (environment: Environment) => {
  const settings = createSettings(environment)
  const audit = readAuditLog(settings)
  if (settings.problems.length > 0) throw new ConfigError(settings.problems)
  return audit
}

export type AuditSettings = ReturnType<typeof readAuditLog>
