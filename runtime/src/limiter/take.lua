-- Takes what a call costs from all of its budgets, or nothing. The arithmetic is that of `rate` in apigen-core, in
-- microseconds, and a test holds the two against each other.
--
-- KEYS: the budgets.
-- ARGV: the longest wait; the present moment, or nothing for the clock of the server; then amount, period, burst and cost
--       for each budget.
-- Returns whether it was taken, the wait, and the index of the budget that makes the call wait.

local longest, now = tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- A budget is kept as the moment until which all time is taken, then start and end of each stretch that begins later.
local function read(index)
  local amount, period, burst, cost = unpack(ARGV, 4 * index - 1, 4 * index + 2)
  amount, period = math.max(tonumber(amount), 1), tonumber(period)
  burst = math.min(math.max(tonumber(burst), 1), amount)
  local unit = math.ceil(period / (amount - burst + 1))
  local claim = {period = period, length = unit * cost, tolerance = unit * burst, taken = 0, ahead = {}}
  local moments = {}
  for moment in string.gmatch(redis.call('GET', KEYS[index]) or '', '%d+') do
    moments[#moments + 1] = tonumber(moment)
  end
  claim.taken = moments[1] or 0
  for at = 2, #moments, 2 do
    claim.ahead[at / 2] = {moments[at], moments[at + 1]}
  end
  return claim
end

-- The first moment, `from` or later, when the call may go, and the stretch that it would take.
local function place(claim, from)
  local early = math.max(claim.tolerance - claim.length, 0)
  local late = math.max(claim.length - claim.tolerance, 0)
  local whole = late + claim.length
  local start = math.max(claim.taken, from - late)
  for _, taken in ipairs(claim.ahead) do
    if start + whole <= taken[1] then
      break
    end
    start = math.max(start, taken[2])
  end
  return math.max(start + late - early, from), {start, start + whole}
end

local function save(index, claim, at)
  local _, stretch = place(claim, at)
  local ahead = claim.ahead
  local before = 1
  while ahead[before] and ahead[before][1] < stretch[1] do
    before = before + 1
  end
  table.insert(ahead, before, stretch)
  while ahead[1] and ahead[1][1] <= math.max(now, claim.taken) do
    claim.taken = math.max(claim.taken, ahead[1][2])
    table.remove(ahead, 1)
  end
  local moments, last = {string.format('%.0f', claim.taken)}, claim.taken
  for _, taken in ipairs(ahead) do
    moments[#moments + 1] = string.format('%.0f %.0f', taken[1], taken[2])
    last = taken[2]
  end
  -- It is as good as never taken a period after the last stretch.
  local millis = math.min(math.ceil((last + claim.period - now) / 1000), 1e12)
  redis.call('SET', KEYS[index], table.concat(moments, ' '), 'PX', string.format('%.0f', math.max(millis, 1)))
end

local claims = {}
for index = 1, #KEYS do
  claims[index] = read(index)
end
local at, bound_by, before = now, 1, nil
repeat
  before = at
  for index, claim in ipairs(claims) do
    local earliest = place(claim, at)
    if earliest > at then
      at, bound_by = earliest, index
    end
  end
until at == before
local wait = at - now
if wait > longest then
  return {0, wait, bound_by - 1}
end
for index, claim in ipairs(claims) do
  save(index, claim, at)
end
return {1, wait, bound_by - 1}
