import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { loadConsumers } from '../access/consumers.ts'
import { createRequestCache } from '../cache/requestCache.ts'
import type { Config } from '../config/index.ts'
import { readBeroepen } from '../enrichment/beroep/table.ts'
import { ConfigError } from '../errors.ts'
import { loadManifest, type Manifest } from '../graphql/trustedDocuments.ts'
import { attachResolvers } from '../resolvers/index.ts'
import { readOperations } from '../rest/operationsFile.ts'
import { readSchema } from '../schema/index.ts'
import { loadCacheKeys } from '../sharing/redis/cacheKeys.ts'

/** A problem with the file that a setting names. `problem` begins with the setting and contains no value. */
export type FileProblem = { readonly setting: string; readonly problem: string }
type Files = Pick<
  Config,
  | 'consumersFile'
  | 'trustedDocuments'
  | 'restOperationsFile'
  | 'enrichment'
  | 'auditFile'
  | 'feed'
  | 'graphql'
  | 'stateFile'
  | 'farCache'
>

const may = (path: string, mode: number) => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

/** The nearest folder above a path that exists. */
export const nearestFolder = (path: string): string => {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  return folder
}

/**
 * Can this process append to the file, or create it? The gateway also needs write access to the folder, to rotate or
 * replace the file.
 */
const writeProblem = (path: string): string | undefined => {
  const found = existsSync(path) ? statSync(path) : undefined
  if (found && !found.isFile()) return 'is not a file'
  if (found && !may(path, constants.R_OK | constants.W_OK)) return 'names a file that this user cannot write'
  const folder = nearestFolder(path)
  if (!statSync(folder).isDirectory()) return 'is below something that is not a folder'
  return may(folder, constants.W_OK | constants.X_OK) ? undefined : 'is in a folder that this user cannot write'
}

const reading = (setting: string, read: () => unknown): readonly FileProblem[] => {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map((problem) => ({ setting, problem }))
  }
}

const writing = (setting: string, path: string | undefined): readonly FileProblem[] => {
  const problem = path === undefined ? undefined : writeProblem(path)
  return problem === undefined ? [] : [{ setting, problem: `${setting} ${problem}` }]
}

/**
 * Reads every file that the start reads, with the same functions, and checks that the gateway can write its output
 * files. Returns all problems.
 */
export const fileProblems = (config: Files): readonly FileProblem[] => {
  const { consumersFile, trustedDocuments, restOperationsFile, enrichment, auditFile, feed } = config
  const { file: trusted } = trustedDocuments
  let manifest: Manifest = new Map()
  const readManifest = () => {
    if (trusted !== undefined) manifest = loadManifest(trusted)
  }
  const readRest = () => {
    if (restOperationsFile === undefined) return
    const texts = createRequestCache({ maxBytes: 1 }).cache<string>()
    readOperations(attachResolvers(readSchema(), { texts: () => texts }), { file: restOperationsFile, manifest })
  }
  const readTable = () => {
    const { beroepenFile: table } = enrichment
    if (table !== undefined && readBeroepen(table) === undefined)
      throw new ConfigError(['BEROEPEN_FILE names a file that cannot be read'])
  }
  return [
    ...reading('CONSUMERS_FILE', () => consumersFile === undefined || loadConsumers(consumersFile)),
    ...reading('REDIS_CACHE_KEYS_FILE', () => config.farCache && loadCacheKeys(config.farCache.keysFile)),
    ...reading('TRUSTED_DOCUMENTS_FILE', readManifest),
    ...reading('REST_OPERATIONS_FILE', readRest),
    ...reading('BEROEPEN_FILE', readTable),
    ...writing('AUDIT_FILE', auditFile),
    ...writing('FEED_CURSOR_FILE', feed.cursorFile),
    ...writing('STATE_FILE', config.stateFile)
  ]
}
