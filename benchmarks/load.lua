-- Tells wrk's counts as one line of JSON.
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "failed": %d}\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout))
end
