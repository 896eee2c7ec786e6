/**
 * The scripts of the far cache. One key (`KEYS[1]`) holds the guards as a hash: `floor`, the instant before which no
 * value is valid, and `changed`, the latest instant before which a published change was made. With several keys, Redis
 * could evict one of them alone. If the hash is missing, the guards may be lost, and the floor becomes now. Instants
 * are on Redis' clock, in ms. Each script returns the time first.
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

/** Returns only the time. */
export const farTime = `${start}
return { now }
`

/**
 * Returns the values of the other keys; '' if there is no value, or a change is newer than the value. Arguments: their
 * guards. A changed record was deleted by its key; a page may contain any record.
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
 * Stores a value, unless a change or a stored value is newer. Arguments: its guard, the instant of the fetch, its time
 * to live in ms, and the value, which begins with that instant. Returns whether it was stored.
 */
export const farSet = `${start}
local asked = tonumber(ARGV[2])
if ARGV[1] ~= 'constant' and asked < math.max(floor, changed) then return { now, 0 } end
if asked > now or (askedOf(KEYS[2]) or 0) > asked then return { now, 0 } end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
return { now, 1 }
`

/**
 * Invalidates records (the other keys) that were changed before an instant. Arguments: that instant; '' = now. Deletes
 * the records that were fetched before it. From then on, records and pages that were fetched before it are not stored.
 */
export const farForget = `${start}
local before = tonumber(ARGV[1]) or now + 1
if before > changed then redis.call('HSET', KEYS[1], 'changed', string.format('%.0f', before)) end
for at = 2, #KEYS do
  if (askedOf(KEYS[at]) or before) < before then redis.call('DEL', KEYS[at]) end
end
return { now }
`

/** Changes may be unpublished: every value that was fetched before now becomes invalid. */
export const farForgetAll = `${start}
redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', now + 1))
return { now }
`
