import { existsSync, statfsSync, statSync } from 'node:fs'
import type { Config } from '../../config/index.ts'
import type { Environment } from '../../config/settings.ts'
import { fileProblems, nearestFolder } from '../../server.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const { ok, warning, error } = findingsOf('files')
const space = findingsOf('disk')
const mega = 1024 * 1024
/** Files that only the gateway and its operators may read. */
const secret = [
  'VDAB_API_KEY_FILE',
  'VDAB_CLIENT_SECRET_FILE',
  'TOKEN_SECRET_FILE',
  'HTTPS_PROXY_FILE',
  'AUDIT_FILE',
  'REDIS_URL_FILE',
  'REDIS_SECRET_FILE',
  'REDIS_CACHE_URL_FILE',
  'REDIS_CACHE_KEYS_FILE'
]
/** Files that control access to data: others may read them, but not change them. */
const decisive = ['CONSUMERS_FILE', 'TRUSTED_DOCUMENTS_FILE', 'REST_OPERATIONS_FILE']
const [readableByAll, writableByOthers] = [0o004, 0o002]

const todoFor: Readonly<Record<string, string>> = {
  CONSUMERS_FILE: '`vdab-gateway keys add NAME --scopes vacatures` creates it.',
  TRUSTED_DOCUMENTS_FILE: 'Point the setting to the manifest of your clients, or remove it.',
  REST_OPERATIONS_FILE: 'See docs/how-to/add-a-rest-endpoint.md.',
  AUDIT_FILE: 'Point it to a file in a folder that the user of the gateway owns.',
  FEED_CURSOR_FILE: 'Point it to a file in a folder that the user of the gateway owns.'
}

const modesOf = (environment: Environment): readonly DoctorFinding[] => {
  const found = (names: readonly string[], bit: number) =>
    names.filter((name) => {
      const path = environment[name]?.trim()
      return path ? existsSync(path) && (statSync(path).mode & bit) !== 0 : false
    })
  return [
    ...found(secret, readableByAll).map((name) =>
      error(`the file in ${name} can be read by every user of this machine`, 'Run chmod 640 on it, or 600.')
    ),
    ...found([...secret, ...decisive], writableByOthers).map((name) =>
      error(`the file in ${name} can be changed by every user of this machine`, 'Run chmod o-w on it.')
    )
  ]
}

const spaceOf = ({ auditFile, auditMaxBytes }: Config): readonly DoctorFinding[] => {
  if (auditFile === undefined) return []
  const { bavail, bsize } = statfsSync(nearestFolder(auditFile))
  const free = bavail * bsize
  const said = `${Math.floor(free / mega)} MB are free for the audit file`
  if (free >= 2 * auditMaxBytes) return [space.ok(said)]
  const todo = 'Free space, or move AUDIT_FILE: without space for a record, the gateway refuses reads of personal data.'
  return [free < auditMaxBytes / 10 ? space.error(said, todo) : space.warning(said, todo)]
}

const auditOf = ({ auditFile, isProduction }: Config): readonly DoctorFinding[] =>
  auditFile === undefined && isProduction
    ? [warning('audit records go to stdout, among the log lines', 'Set AUDIT_FILE; see docs/operations/audit.md.')]
    : []

/** Examines the files that the settings name: their content, their permissions, and the disk space for records. */
export const examineFiles = (config: Config, environment: Environment): readonly DoctorFinding[] => {
  const problems = fileProblems(config).map(({ setting, problem }) => error(problem, todoFor[setting] ?? ''))
  const findings = [...problems, ...modesOf(environment), ...auditOf(config)]
  return [
    ...(findings.length === 0 ? [ok('the files that the settings name are right')] : findings),
    ...spaceOf(config)
  ]
}
