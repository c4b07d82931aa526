-- The same write by the ordinary way: the hot way leaves an unusual spelling of the type to it.
local counter = 0
local stamp = tostring(os.time()) .. tostring({}):gsub("[^0-9a-f]", "")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json; way=ordinary"
request = function()
  counter = counter + 1
  return wrk.format(nil, nil, nil, '{"name":"bench ' .. stamp .. " " .. counter .. '"}')
end
