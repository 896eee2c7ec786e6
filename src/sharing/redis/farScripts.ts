/**
 * The scripts of the far cache. What guards it is one key (`KEYS[1]`), a hash: `floor`, the instant before which
 * nothing counts, and `changed`, the last instant before which a change was told. Were the guards several keys, Redis
 * could evict one of them alone. Where the hash is gone, so may be the guards, and the floor is now. Instants are those
 * of Redis' clock, in ms. Each script returns the time first.
 */
const start = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local floor = tonumber(redis.call('HGET', KEYS[1], 'floor') or nil)
local changed = tonumber(redis.call('HGET', KEYS[1], 'changed') or 0)
if not floor then
  floor = now
  redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', floor))
end
redis.call('PEXPIRE', KEYS[1], 604800000)
local function askedOf(key)
  return tonumber(string.match(redis.call('GETRANGE', key, 0, 20), '^%d+'))
end
`

/** Only the time. */
export const farTime = `${start}
return { now }
`

/**
 * The values of the other keys, '' where there is none or a change has overtaken it. Arguments: their guards. A record
 * that has changed was deleted by its key; a page may contain any record.
 */
export const farGet = `${start}
local from = { constant = 0, record = floor, page = math.max(floor, changed) }
local found = { now }
for at = 2, #KEYS do
  local value = redis.call('GET', KEYS[at])
  local asked = value and tonumber(string.match(value, '^%d+'))
  found[at] = asked and asked >= from[ARGV[at - 1]] and value or ''
end
return found
`

/**
 * Stores a value, unless a change has overtaken it or a later one is there. Arguments: its guard, the instant at which
 * it was asked, ms until it goes, the value, which begins with that instant. Returns whether it was stored.
 */
export const farSet = `${start}
local asked = tonumber(ARGV[2])
if ARGV[1] ~= 'constant' and asked < math.max(floor, changed) then return { now, 0 } end
if asked > now or (askedOf(KEYS[2]) or 0) > asked then return { now, 0 } end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
return { now, 1 }
`

/**
 * Records (the other keys) were changed before an instant. Arguments: that instant; '' = now. Deletes them where they
 * were asked before it, and refuses from now on what was.
 */
export const farForget = `${start}
local before = tonumber(ARGV[1]) or now + 1
if before > changed then redis.call('HSET', KEYS[1], 'changed', string.format('%.0f', before)) end
for at = 2, #KEYS do
  if (askedOf(KEYS[at]) or before) < before then redis.call('DEL', KEYS[at]) end
end
return { now }
`

/** Changes may not have been told: nothing that was asked before now counts. */
export const farForgetAll = `${start}
redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', now + 1))
return { now }
`
