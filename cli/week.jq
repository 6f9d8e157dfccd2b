# What the last week looked like, by model and altogether: requests, share answered from the cache, share demoted,
# share failed, and the median and 95th percentile of the latency in seconds.
#
#   jq -nR -f cli/week.jq ~/.local/share/ask/log.jsonl
#   jq -nR -f cli/week.jq ~/.local/share/ask/log.jsonl*          # rotated files, too
#   jq -nR --argjson days 1 -f cli/week.jq ~/.local/share/ask/log.jsonl
#
# A line that is not whole (the disk was full) is passed over, and so is an `ask` that asked no model.

def percentile($p): sort | .[[(length * $p | ceil) - 1, 0] | max];
def share(f): (map(select(f)) | length) / length * 1000 | round / 1000;
def summary: {
  requests: length,
  cache_hit_rate: share(.cache_hit),
  demotion_rate: share(.demoted),
  failure_rate: share(.exit_code != 0),
  p50_s: (map(.latency_s) | percentile(0.5)),
  p95_s: (map(.latency_s) | percentile(0.95))
};

(now - ($ARGS.named.days // 7) * 86400) as $since
| [inputs | fromjson? | select(type == "object" and .ts >= $since and .command == null)
   | {model, cache_hit, demoted, exit_code, latency_s}]
| {
    since: ($since | todate),
    all: (if length > 0 then summary else {requests: 0} end),
    models: (group_by(.model) | map({model: .[0].model} + summary) | sort_by(-.requests))
  }
