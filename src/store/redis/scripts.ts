/** What Redis does in one piece. KEYS are a sandbox's records (a hash) and its index of what may be forgotten when. */

/**
 * Compares what was read by its marks, then writes. ARGV: now; milliseconds of disuse after which all is gone, or nothing;
 * how many reads; field and mark of each; then field, value and time of each write. Answers with field and value of every
 * read that is no longer so; nothing is written then. Each write forgets up to two records whose time is over.
 */
export const commitScript = `
local reads = tonumber(ARGV[3])
local at = 4
local changed = {}
for i = 1, reads do
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  if (value and string.sub(value, 1, 12) or '') ~= ARGV[at + 1] then
    changed[#changed + 1] = ARGV[at]
    changed[#changed + 1] = value or ''
  end
  at = at + 2
end
if #changed > 0 then return changed end
local writes = 0
while at < #ARGV do
  if ARGV[at + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[at])
    redis.call('ZREM', KEYS[2], ARGV[at])
  else
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
    if ARGV[at + 2] ~= '' then redis.call('ZADD', KEYS[2], ARGV[at + 2], ARGV[at]) else redis.call('ZREM', KEYS[2], ARGV[at]) end
  end
  at = at + 3
  writes = writes + 1
end
if writes > 0 then
  local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, 2 * writes)
  for i = 1, #over do
    redis.call('HDEL', KEYS[1], over[i])
    redis.call('ZREM', KEYS[2], over[i])
  end
  if ARGV[2] ~= '' then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[2])
  end
end
return changed
`

/** Puts other records in the place of all that are there. ARGV: field, value and time of each. */
export const replaceScript = `
redis.call('DEL', KEYS[1], KEYS[2])
for at = 1, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  if ARGV[at + 2] ~= '' then redis.call('ZADD', KEYS[2], ARGV[at + 2], ARGV[at]) end
end
return 1
`

/** Gives a lock back, unless it went to somebody else meanwhile. */
export const unlockScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`
