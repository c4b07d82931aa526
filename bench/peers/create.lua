-- A small write with a name of its own each time; the second address part keeps threads apart.
local counter = 0
local stamp = tostring(os.time()) .. tostring({}):gsub("[^0-9a-f]", "")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  counter = counter + 1
  return wrk.format(nil, nil, nil, '{"name":"bench ' .. stamp .. " " .. counter .. '"}')
end
