-- One decision, or news of one subject: what a node tells of its subjects, what the others told
-- since it asked last, and whether its claim is counted. Nothing is kept here but what nodes told:
-- they add it up, and weigh it (policy/limits/replica.h).
--
-- Of a subject there is a hash and a list. The hash: "h", the head, and "p" with a node's eight
-- octets, that node's part with the number up to which its news are in it. The list: news of all
-- nodes, each with its number and its node, oldest first. Those that a node's part has, leave it.
-- Head: epoch (another one for each time that the subject was begun), the number given last, the
-- number up to which news may have left the list, and the weights: sums of all that was ever told.
--
-- KEYS: the hash of nodes; for each subject its hash and its list.
-- ARGV: node (8 octets), its connection, an epoch for subjects that are begun, seconds to keep, how
-- many weights there are;
-- for each subject:
--    1 epoch that it is known by, "" for none
--    2 the last number of its news that the node has
--    3 "1": nothing but what follows is to be told of it where it is not here
--    4 the node's part, or ""
--    5 of the part: "r" to be taken in the place of all that the node told, where it can't tell
--      what of that arrived; "f" where it is the same, in short
--    6 news, or ""     7 their weights
--    8 "" where nothing is claimed; else the highest weights that this may be counted on
--    9 the claim, or ""    10 its weights
-- Gives 1: the claim is counted; 0: it is not; -1: nothing was taken, as a subject is not known by
-- its epoch; and for each subject: 0 where its news follow, 1 where all of it follows, 2 likewise,
-- and it is another than the node knows or was never asked for; epoch; last number; weights; news;
-- names and values of the hash.
local WEIGHTS = tonumber(ARGV[5])
local DOUBLES = string.rep('d', WEIGHTS)
local HEAD = '<c8dd' .. DOUBLES
local PER_SUBJECT = 10
local AT_ONCE = 500

local node, connection, fresh, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local mine = redis.call('HGET', KEYS[1], node)
if not mine then
    return redis.error_reply('OUTVETLOST the data are gone')
end
if mine ~= connection then
    return redis.error_reply('OUTVETNODE another connection has taken this one\'s place')
end

local function open_subject(i)
    local at = 5 + (i - 1) * PER_SUBJECT
    local s = {
        hash = KEYS[2 * i], list = KEYS[2 * i + 1], known = tonumber(ARGV[at + 2]),
        part = ARGV[at + 4], how = ARGV[at + 5], news = ARGV[at + 6], news_weights = ARGV[at + 7],
        limits = ARGV[at + 8], claim = ARGV[at + 9], claim_weights = ARGV[at + 10],
    }
    local head = redis.call('HGET', s.hash, 'h')
    if head then
        local h = {struct.unpack(HEAD, head)}
        s.epoch, s.number, s.left = h[1], h[2], h[3]
        s.weights = {unpack(h, 4, 3 + WEIGHTS)}
        s.met = s.epoch == ARGV[at + 1]
        s.current = s.met and s.known >= s.left
    else
        s.met = s.part ~= '' or ARGV[at + 3] == '1'
        s.epoch, s.number, s.left = s.met and fresh or '', 0, 0
        s.weights = {}
        for w = 1, WEIGHTS do
            s.weights[w] = 0
        end
        s.current, s.known = s.met, 0
    end
    s.told, s.parts = {}, {}
    if head and s.current and s.number > s.known then
        s.told = redis.call('LRANGE', s.list, s.known - s.number, -1)
    elseif head and not s.current then
        s.told = redis.call('LRANGE', s.list, 0, -1)
        s.parts = redis.call('HGETALL', s.hash)
    end
    return s
end

local function push(s, news, weights)
    local more = {struct.unpack('<' .. DOUBLES, weights)}
    s.number = s.number + 1
    s.changed = true
    redis.call('RPUSH', s.list, struct.pack('<d', s.number) .. news)
    for w = 1, WEIGHTS do
        s.weights[w] = s.weights[w] + more[w]
    end
end

local function drop_own_news(s)
    local all, others = redis.call('LRANGE', s.list, 0, -1), {}
    for _, news in ipairs(all) do
        if string.sub(news, 9, 16) ~= node then
            others[#others + 1] = news
        end
    end
    if #others == #all then
        return
    end
    redis.call('DEL', s.list)
    for first = 1, #others, AT_ONCE do
        redis.call('RPUSH', s.list, unpack(others, first, math.min(first + AT_ONCE - 1, #others)))
    end
end

local function take_part(s)
    drop_own_news(s)
    local up_to = s.number
    if s.how == 'r' then
        s.number = s.number + 1
        s.left, up_to = s.number, s.number
    else
        s.left = s.number
        if s.news ~= '' then
            up_to = up_to + 1
        end
    end
    s.changed = true
    redis.call('HSET', s.hash, 'p' .. node, struct.pack('<d', up_to) .. s.part)
end

local function has_room(s)
    if s.limits == '' then
        return true
    end
    local limits = {struct.unpack('<' .. DOUBLES, s.limits)}
    for w = 1, WEIGHTS do
        if s.weights[w] > limits[w] then
            return false
        end
    end
    return s.current
end

local subjects, met = {}, true
for i = 1, (#KEYS - 1) / 2 do
    subjects[i] = open_subject(i)
    met = met and subjects[i].met
end

local result = -1
if met then
    result = 1
    for _, s in ipairs(subjects) do
        if s.part ~= '' then
            take_part(s)
        end
        if s.news ~= '' then
            push(s, s.news, s.news_weights)
        end
        if s.limits == '' or not has_room(s) then
            result = 0
        end
    end
    for _, s in ipairs(subjects) do
        if result == 1 then
            push(s, s.claim, s.claim_weights)
        end
        if s.changed then
            redis.call('HSET', s.hash, 'h', struct.pack(HEAD, s.epoch, s.number, s.left, unpack(s.weights)))
            redis.call('EXPIRE', s.hash, keep)
            redis.call('EXPIRE', s.list, keep)
        end
    end
end

local answer = {result}
for i, s in ipairs(subjects) do
    local state = 2
    if s.met then
        state = s.current and 0 or 1
    end
    answer[i + 1] = {state, s.epoch, s.number, struct.pack('<' .. DOUBLES, unpack(s.weights)), s.told, s.parts}
end
return answer
