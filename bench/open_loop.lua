-- wrk as an open loop: every request has an instant at which it is due, whatever became of the
-- ones before it. A connection that is free takes the next one and waits for its instant; when all
-- connections are busy, what is due waits, and its waiting counts as part of its answer's time.
--
-- Arguments: the requests one after the other; their lengths, a line each; where to write answers;
-- requests a second. An answer is found again by the request id that the suite sends back.
-- Written for each: number, status, microseconds from due to answered, microseconds of lateness of
-- the sending itself, and of an error the beginning of its text.

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long sec; long nsec; } instant;
int clock_gettime(int clock, instant *at);
]]
local at = ffi.new("instant")

local function now()
  ffi.C.clock_gettime(1, at)
  return tonumber(at.sec) * 1e6 + tonumber(at.nsec) / 1e3
end

local whole, starts, lengths, count = "", {}, {}, 0
local out, apart, begun
local taken, sent, answered = 0, 0, 0
local from, late = {}, {}

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  whole = file:read("*a")
  file:close()
  local start = 1
  for line in io.lines(arguments[2]) do
    count = count + 1
    starts[count], lengths[count] = start, tonumber(line)
    start = start + lengths[count]
  end
  out = assert(io.open(arguments[3], "w"))
  out:setvbuf("full", 1048576)
  apart = 1e6 / tonumber(arguments[4])
end

-- The instant of the next request that nobody has taken yet; a long way off when there is none.
function delay()
  if begun == nil then begun = now() end
  if taken >= count then return 3600000 end
  local due = begun + taken * apart
  taken = taken + 1
  local left = due - now()
  return left > 0 and math.floor(left / 1e3 + 0.5) or 0
end

function request()
  -- Asked once before the beginning, to see what requests look like.
  if begun == nil then return string.sub(whole, 1, lengths[1]) end
  sent = sent + 1
  local number = math.min(sent, count)
  local due, at_work = begun + (number - 1) * apart, now()
  -- The timer may be a fraction of a millisecond early.
  from[number], late[number] = math.min(due, at_work), math.max(0, at_work - due)
  return string.sub(whole, starts[number], starts[number] + lengths[number] - 1)
end

function response(status, headers, body)
  local number = tonumber(string.sub(headers["x-request-id"] or "", 6))
  if number == nil or from[number] == nil then return end
  local said = status >= 400 and string.gsub(string.sub(body, 1, 160), "%s", " ") or ""
  out:write(string.format("%d %d %d %d %s\n", number, status, now() - from[number], late[number], said))
  answered = answered + 1
  if answered % 500 == 0 then out:flush() end
  if answered >= count then
    out:close()
    os.exit(0)
  end
end
