"""The changes of `redis_bus` in Lua: each happens as a whole, or not at all.

Keys of a channel: subscriptions by worker; for each user a JSON object of connections by worker; what users show of themselves.
Keys of the app: occupied channels, channels held by this worker, the topic on which everything is published, the workers with their leases.
"""

from __future__ import annotations

_COMMON = """
local counts, users, infos, channels, held, topic = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local function publish(message)
  redis.call('PUBLISH', topic, cjson.encode(message))
end
local function subscriptions()
  local sum = 0
  for _, one in ipairs(redis.call('HVALS', counts)) do sum = sum + tonumber(one) end
  return sum
end
local function remove(user, worker, connections)
  local there = redis.call('HGET', users, user)
  if not there then return 0 end
  local workers = cjson.decode(there)
  local left = (workers[worker] or 0) - (connections or workers[worker] or 0)
  if left > 0 then workers[worker] = left else workers[worker] = nil end
  if next(workers) then
    redis.call('HSET', users, user, cjson.encode(workers))
    return 0
  end
  redis.call('HDEL', users, user)
  redis.call('HDEL', infos, user)
  return 1
end
"""

JOIN = (
    _COMMON
    + """
local worker, channel, user, info, exclude, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
if not redis.call('ZSCORE', KEYS[7], worker) then return {2, 0, 0, 0} end
local there = user ~= '' and redis.call('HGET', users, user)
local came = user ~= '' and not there
if limit > 0 then
  if came and redis.call('HLEN', users) >= limit then return {1, subscriptions(), 0, 0} end
  if user == '' and subscriptions() >= limit then return {1, subscriptions(), 0, 0} end
end
redis.call('HINCRBY', counts, worker, 1)
redis.call('SADD', held, channel)
local first = redis.call('SADD', channels, channel)
if user ~= '' then
  local workers = there and cjson.decode(there) or {}
  workers[worker] = (workers[worker] or 0) + 1
  redis.call('HSET', users, user, cjson.encode(workers))
end
if came then
  redis.call('HSET', infos, user, info)
  publish({kind = 'added', channel = channel, text = info, user_id = user, exclude = exclude})
end
return {0, subscriptions(), first, came and 1 or 0}
"""
)
"""Arguments: worker, channel, user, info, excluded socket, limit.

Answers: 0, or 1 when the channel is full, or 2 when the worker has no lease any more; subscriptions, became occupied, user came.
"""

LEAVE = (
    _COMMON
    + """
local worker, channel, user = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HEXISTS', counts, worker) == 0 then return {subscriptions(), 0, 0} end
if redis.call('HINCRBY', counts, worker, -1) <= 0 then
  redis.call('HDEL', counts, worker)
  redis.call('SREM', held, channel)
end
local went = user ~= '' and remove(user, worker, 1) or 0
if went == 1 then publish({kind = 'removed', channel = channel, user_id = user}) end
local left = subscriptions()
return {left, left == 0 and redis.call('SREM', channels, channel) or 0, went}
"""
)
"""Arguments: worker, channel, user. Answers: subscriptions, became vacated, user went."""

REAP = (
    _COMMON
    + """
local worker, channel = ARGV[1], ARGV[2]
redis.call('HDEL', counts, worker)
redis.call('SREM', held, channel)
local gone = {}
for _, user in ipairs(redis.call('HKEYS', users)) do
  if remove(user, worker) == 1 then
    publish({kind = 'removed', channel = channel, user_id = user})
    table.insert(gone, user)
  end
end
local left = subscriptions()
return {left, left == 0 and redis.call('SREM', channels, channel) or 0, gone}
"""
)
"""Arguments: dead worker, channel. Answers: subscriptions, became vacated, users who went."""

RETIRE = """
local workers, dying = KEYS[1], KEYS[2]
local worker, latest = ARGV[1], tonumber(ARGV[2])
local heard = redis.call('ZSCORE', workers, worker)
if heard and tonumber(heard) <= latest then
  redis.call('ZREM', workers, worker)
  redis.call('SADD', dying, worker)
end
return 1
"""
"""Arguments: worker, the moment it was heard of last at most. From then on it can join nothing, and what it holds is taken away."""

DISCLAIM = """
local counts, users, told = KEYS[1], KEYS[2], KEYS[3]
local name, user = ARGV[1], ARGV[2]
if user == '' and redis.call('EXISTS', counts) == 1 then return 0 end
if user ~= '' and redis.call('HEXISTS', users, user) == 1 then return 0 end
return redis.call('SREM', told, name)
"""
"""Arguments: what was told, user. Answers whether it was told and is no longer so."""
