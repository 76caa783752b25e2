-- For wrk: asks for the paths of a file in turn, each from a network address of its own, so that the limit for one address is
-- no part of what is measured. Ends with one line of JSON.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  requests, place = {}, 0
  for path in io.lines(args[1]) do
    place = place + 1
    local address = string.format("10.%d.%d.1", place / 256, place % 256)
    requests[place] = wrk.format("GET", path, { ["X-Forwarded-For"] = address })
  end
  -- the threads begin at different places of the list
  place = math.floor(#requests / 2) * number
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p95":%d,"p99":%d}',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
