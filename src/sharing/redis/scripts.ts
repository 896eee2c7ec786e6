/**
 * The scripts that run in Redis. Each is atomic, uses Redis' own clock, and restores lost data from what the member
 * reports. All of them take the keys of the members (`KEYS[2]`) and of the generation (`KEYS[3]`). A generation begins
 * when Redis is empty, or was unreachable for all members for so long that they count as dead. While it is young, a
 * member gets only its equal share, since other members have not reported yet.
 */
export const start = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function isAlive(member)
  local seen = redis.call('ZSCORE', KEYS[2], member)
  return seen and now - tonumber(seen) < tonumber(ARGV[3])
end
local function alive()
  return redis.call('ZCOUNT', KEYS[2], '(' .. (now - tonumber(ARGV[3])), '+inf')
end
local generation = redis.call('GET', KEYS[3])
if not generation or (alive() == 0 and redis.call('EXISTS', KEYS[2]) == 1) then
  generation = now .. ':' .. ARGV[1]
  redis.call('SET', KEYS[3], generation)
end
local born = tonumber(string.match(generation, '^%d+'))
local isYoung = now - born < tonumber(ARGV[2])
`

/** Records the heartbeat of a member. Arguments: its facts, and how long dead members are remembered (ms). */
export const beat = `${start}
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[5]))) do
  redis.call('ZREM', KEYS[2], dead)
  redis.call('HDEL', KEYS[1], dead)
end
for at = 1, 3 do redis.call('PEXPIRE', KEYS[at], 3600000) end
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if isAlive(all[at]) then
    found[#found + 1] = all[at]
    found[#found + 1] = all[at + 1]
  end
end
return { tostring(now), generation, found }
`

/** Removes a member that stops. */
export const leave = `${start}
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
`

/**
 * Lends a part of a limit in a fixed window. Arguments: window (ms), limit, wanted amount (-1: nothing, not even
 * ahead), amount given back, the window of the report, the sum lent to this member in that window, the minimum number
 * of members. Returns the granted amount, the amount left for all, ms until the end of the window, the sum lent to this
 * member, the window, the number of live members.
 */
export const lend = `${start}
local windowMs, limit, want, returned = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local window = math.floor(now / windowMs)
local last = redis.call('HGET', KEYS[1], 'window')
-- A failover to a clock that is behind does not open the window before anew.
if last == tostring(window + 1) then window = window + 1 end
if last ~= tostring(window) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'window', window)
end
local own, others = 0, 0
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if all[at] == ARGV[1] then own = tonumber(all[at + 1])
  elseif all[at] ~= 'window' then others = others + tonumber(all[at + 1]) end
end
if tonumber(ARGV[8]) == window then own = math.max(own, tonumber(ARGV[9])) - returned end
local members = math.max(alive(), tonumber(ARGV[10]))
local free = math.max(0, limit - others - own)
if isYoung then free = math.max(0, math.min(free, math.max(1, math.floor(limit / members)) - own)) end
local granted = want < 0 and 0 or math.min(free, math.max(want, math.floor(free / (4 * members))))
redis.call('HSET', KEYS[1], ARGV[1], own + granted)
local left = (window + 1) * windowMs - now
redis.call('PEXPIRE', KEYS[1], left + 1000)
return { granted, free - granted, left, own + granted, window, alive() }
`

/**
 * Lends an amount that lasts until it is given back. Arguments: limit, wanted amount, the amount that this member
 * holds, the minimum number of members. Returns the granted amount, the amount left for all, the number of live
 * members. The amounts of dead members are free.
 */
export const hold = `${start}
local limit, want, own = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local others = 0
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if all[at] ~= ARGV[1] then
    if isAlive(all[at]) then others = others + tonumber(all[at + 1]) else redis.call('HDEL', KEYS[1], all[at]) end
  end
end
local members = math.max(alive(), tonumber(ARGV[7]))
local free = math.max(0, limit - others - own)
if isYoung then free = math.max(0, math.min(free, math.max(1, math.floor(limit / members)) - own)) end
local granted = math.min(free, want)
if own + granted > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], own + granted)
  redis.call('PEXPIRE', KEYS[1], 3600000)
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return { granted, free - granted, alive() }
`

/**
 * Adds to a daily set. Arguments: maximum, time to live of the set in ms, the elements to add. Returns the elements
 * that were new. Nothing is added when they do not fit (0), or when the set may be incomplete (-1). With a maximum of
 * -1 all are added: they were booked before.
 */
export const bookDay = `${start}
local maximum = tonumber(ARGV[4])
if isYoung and maximum >= 0 then return -1 end
local fresh = {}
for at = 6, #ARGV do
  if redis.call('SISMEMBER', KEYS[1], ARGV[at]) == 0 then fresh[#fresh + 1] = ARGV[at] end
end
if maximum >= 0 and redis.call('SCARD', KEYS[1]) + #fresh > maximum then return 0 end
for _, one in ipairs(fresh) do redis.call('SADD', KEYS[1], one) end
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[5]))
return fresh
`

/** Removes elements from a daily set. Arguments: the booked elements. */
export const takeBackDay = `${start}
for at = 4, #ARGV do redis.call('SREM', KEYS[1], ARGV[at]) end
return 1
`

/**
 * Lends a part of VDAB's limit. A member that was seen in the last `keptMs` keeps its part, since VDAB still counts its
 * calls. Each expected member has a floor that no other member gets. Arguments: limit, floor, expected members, wanted
 * amount, the amount that this member holds, the class of its waiting calls (-1: none wait), keptMs. Returns the
 * granted amount, the amount left for all, the number of members with waiting calls of the most urgent class (negative:
 * this member is not among them), the number of live members, the sum of the parts of the other members.
 */
export const part = `${start}
local limit, floor, expected = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local want, own, rank, keptMs = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local others, known, urgent, waiting = 0, 0, rank, 0
if rank >= 0 then waiting = 1 end
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  local held, itsRank, seen = string.match(all[at + 1], '^(%d+) (-?%d+) (%d+)$')
  held, itsRank, seen = tonumber(held), tonumber(itsRank), tonumber(seen)
  if all[at] ~= ARGV[1] then
    if not seen or now - seen > keptMs then
      redis.call('HDEL', KEYS[1], all[at])
    else
      known = known + 1
      others = others + math.max(held, floor)
      if itsRank >= 0 and now - seen < 2000 then
        if urgent < 0 or itsRank < urgent then urgent, waiting = itsRank, 1
        elseif itsRank == urgent then waiting = waiting + 1 end
      end
    end
  end
end
others = others + floor * math.max(0, expected - 1 - known)
local free = math.max(0, limit - others - own)
local granted = 0
if want > 0 then
  if isYoung then granted = math.max(0, math.min(want, floor - own, free)) else granted = math.min(want, free) end
end
redis.call('HSET', KEYS[1], ARGV[1], (own + granted) .. ' ' .. rank .. ' ' .. now)
redis.call('PEXPIRE', KEYS[1], keptMs * 2)
if rank < 0 or rank > urgent then waiting = -waiting end
return { granted, free - granted, waiting, alive(), others }
`

/** Gives an order to all members. Arguments: its time to live in ms, the order. Returns its id. */
export const give = `${start}
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', 10000, '*', 'order', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return id
`

/** The orders after an id: pairs of id and order, at most 100. */
export const read = `${start}
local orders = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[4], '+', 'COUNT', 100)) do
  orders[#orders + 1] = { entry[1], entry[2][2] }
end
return orders
`

/** Acknowledges that this member has carried out an order. Arguments: the time to live of the acknowledgement in ms. */
export const acknowledge = `${start}
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

/** The number of live members that have not carried out an order. */
export const missing = `${start}
local count = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if isAlive(member) and redis.call('SISMEMBER', KEYS[1], member) == 0 then count = count + 1 end
end
return count
`
