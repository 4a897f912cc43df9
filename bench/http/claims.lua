-- Claims, each by another applicant under another key, on slots in turn.
-- JANJI_BENCH_SLOTS: a file that returns a table of slot ids. JANJI_BENCH_FIRST: the first number.
local slots = dofile(os.getenv("JANJI_BENCH_SLOTS"))
local number = tonumber(os.getenv("JANJI_BENCH_FIRST"))
local before, between, after = {}, {}, '"}}'
for i, slot in ipairs(slots) do
  between[i] = '"\r\n\r\n{"slot":"' .. slot .. '","seats":1,"applicant":{"category":"citizen",' ..
               '"id_type":"mykad","id_number":"'
  -- The blank line and the quote aren't the body's; the number has twelve digits.
  local length = #between[i] - 5 + 12 + #after
  before[i] = "POST /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" ..
              "Content-Length: " .. length .. '\r\nIdempotency-Key: "'
end

function request()
  number = number + 1
  local i = number % #slots + 1
  local digits = string.format("%012d", number)
  return before[i] .. digits .. between[i] .. digits .. after
end

dofile(os.getenv("JANJI_BENCH_DONE"))
