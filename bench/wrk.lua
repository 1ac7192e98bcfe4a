-- Sends what bench/requests.ts describes. Arguments: a file of requests (share, method, path and body, with a tab between),
-- how many digits an id has, the number of clusters, among how many of them {id} is picked, the number of pages, and the time
-- to begin at in microseconds.
local requests, n, next_one = {}, 0, 0
local digits, clusters, some, pages, begin

local marks = {
  id = function() return string.format(digits, math.random(math.min(clusters, some))) end,
  each = function() return string.format(digits, 1 + n % clusters) end,
  next = function()
    next_one = next_one + 1
    return string.format(digits, 1 + next_one % clusters)
  end,
  run = function() return string.format('%d', begin) end,
  n = function() return tostring(n) end,
  time = function()
    local now = begin + n
    return os.date('!%Y-%m-%dT%H:%M:%S', math.floor(now / 1e6)) .. string.format('.%06dZ', now % 1e6)
  end,
  page = function() return tostring(math.random(pages)) end,
}

local function pieces(text)
  local found, at = {}, 1
  while true do
    local from, to, name = text:find('{(%a+)}', at)
    found[#found + 1] = text:sub(at, (from or 0) - 1)
    if not from then return found end
    found[#found + 1] = assert(marks[name], name)
    at = to + 1
  end
end

local function fill(found)
  local texts = {}
  for place, piece in ipairs(found) do texts[place] = type(piece) == 'function' and piece() or piece end
  return table.concat(texts)
end

function init(args)
  digits = '%0' .. args[2] .. 'd'
  clusters, some, pages, begin = tonumber(args[3]), tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
  math.randomseed(begin % 2 ^ 31)
  for line in io.lines(args[1]) do
    local share, method, path, body = line:match('^(.-)\t(.-)\t(.-)\t(.*)$')
    requests[#requests + 1] = {
      share = tonumber(share),
      method = method,
      path = pieces(path),
      body = body ~= '' and pieces(body) or nil,
      headers = body ~= '' and { ['content-type'] = 'application/json' } or nil,
    }
  end
end

function request()
  n = n + 1
  local at = math.random() * 100
  for place, each in ipairs(requests) do
    at = at - each.share
    if at < 0 or place == #requests then
      return wrk.format(each.method, fill(each.path), each.headers, each.body and fill(each.body))
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format(
    'figures {"requests":%d,"perSecond":%f,"p50":%f,"p99":%f,"failed":%d}',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed
  ))
end
