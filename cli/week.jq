# What was used in the last week, per model, from log.jsonl:
#   jq -n -f cli/week.jq ~/.local/share/ask/log.jsonl
def rate(condition): (map(select(condition)) | length) / length;
def percentile(p): sort | .[((length * p | ceil) - 1)];
[inputs | select(.ts > now - 7 * 24 * 3600 and .model != null)]
| group_by(.model)
| map({
    model: .[0].model,
    requests: length,
    hit_rate: rate(.cache_hit),
    demotion_rate: rate(.demoted),
    failed: (map(select(.exit_code != 0)) | length),
    p50_s: (map(.latency_s) | percentile(0.5)),
    p95_s: (map(.latency_s) | percentile(0.95)),
  })
| sort_by(-.requests)
