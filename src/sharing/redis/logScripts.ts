import { start } from './scripts.ts'

/**
 * Becomes leader of a log, or stays leader. `KEYS[4]` is its stream. Arguments: the duration (ms), the latest epoch
 * that this member knows, its own epoch (0: none). Returns the epoch; 0 when another member leads. Ids of the stream
 * begin with the epoch, so Redis itself refuses an entry of an earlier epoch.
 */
export const lead = `${start}
local owner, before = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%d+)$')
if owner and owner ~= ARGV[1] and owner ~= '-' then return '0' end
if owner == ARGV[1] and before == ARGV[6] then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return before
end
local last = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)[1]
local written = last and tonumber(string.match(last[1], '^%d+')) or 0
local epoch = string.format('%.0f', math.max(now, tonumber(ARGV[5]) + 1, written + 1, (before or 0) + 1))
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. epoch, 'PX', ARGV[4])
return epoch
`

/** Gives up the lead. The epoch is stored, so that the next epoch is later. */
export const resign = `${start}
local owner, epoch = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%d+)$')
if owner == ARGV[1] then redis.call('SET', KEYS[1], '- ' .. epoch, 'KEEPTTL') end
return 1
`

/**
 * Appends to the stream `KEYS[4]`. Arguments: the epoch, the number, the instant at which the entry was made (ms), the
 * text, the maximum number of entries, the time to live of the stream in ms. Returns 0 when this member does not lead
 * this epoch.
 */
export const append = `${start}
if redis.call('GET', KEYS[1]) ~= ARGV[1] .. ' ' .. ARGV[4] then return 0 end
local made = math.min(now, tonumber(ARGV[6]))
local id = ARGV[4] .. '-' .. ARGV[5]
local added = redis.pcall('XADD', KEYS[4], 'MAXLEN', '~', ARGV[8], id, 'made', made, 'text', ARGV[7])
if type(added) == 'table' and added.err then return 0 end
redis.call('PEXPIRE', KEYS[4], ARGV[9])
return 1
`

/**
 * Reads the stream `KEYS[1]`. Arguments: the place after which to read, the maximum number of entries. Returns the last
 * place, and the place, age (ms) and text of each entry.
 */
export const readLog = `${start}
if redis.call('EXISTS', KEYS[1]) == 0 then return { '0-0', {} } end
local last = '0-0'
local facts = redis.call('XINFO', 'STREAM', KEYS[1])
for at = 1, #facts, 2 do
  if facts[at] == 'last-generated-id' then last = facts[at + 1] end
end
local found = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[4], '+', 'COUNT', ARGV[5])) do
  found[#found + 1] = { entry[1], tostring(math.max(0, now - tonumber(entry[2][2]))), entry[2][4] }
end
return { last, found }
`
