/**
 * What is done to an entry and to what is counted of it, in one step. An entry is a hash (slide to JSON)
 * that expires by itself. Beside it: `used` (entry by the time of its last use), `sizes` (entry to bytes)
 * and `totals` (workspace to bytes). Redis may drop any of them when its memory is full: then counts are
 * too low until the entry is written again, and the server's own `maxmemory` bounds what they miss.
 */

/** KEYS: entry, used, sizes, totals. ARGV: now in ms, time to live in ms, workspace, then slide and JSON in turns. */
export const writeScript = `
local before = tonumber(redis.call('HGET', KEYS[3], KEYS[1])) or 0
if before > 0 and redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HINCRBY', KEYS[4], ARGV[3], -before)
  before = 0
end
local more = 0
for i = 4, #ARGV, 2 do
  more = more + #ARGV[i + 1] - redis.call('HSTRLEN', KEYS[1], ARGV[i])
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[3], KEYS[1], before + more)
redis.call('HINCRBY', KEYS[4], ARGV[3], more)
redis.call('ZADD', KEYS[2], ARGV[1], KEYS[1])
return more`;

/** KEYS: entry, used. ARGV: now in ms, time to live in ms. */
export const readScript = `
local all = redis.call('HGETALL', KEYS[1])
if #all > 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('ZADD', KEYS[2], ARGV[1], KEYS[1])
end
return all`;

/** KEYS: used, sizes, totals, then entries. ARGV: the workspace of each entry. Answers how many were there, or counted. */
export const removeScript = `
local gone = 0
for i = 4, #KEYS do
  local bytes = tonumber(redis.call('HGET', KEYS[2], KEYS[i])) or 0
  local kept = redis.call('UNLINK', KEYS[i])
  local counted = redis.call('ZREM', KEYS[1], KEYS[i])
  gone = gone + math.max(kept, counted)
  redis.call('HDEL', KEYS[2], KEYS[i])
  if bytes > 0 then
    if redis.call('HINCRBY', KEYS[3], ARGV[i - 3], -bytes) <= 0 then
      redis.call('HDEL', KEYS[3], ARGV[i - 3])
    end
  end
end
return gone`;
