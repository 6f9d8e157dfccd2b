import type { LogLine } from '../../proxy/contract.ts';
import { openLog } from '../../proxy/telemetry/log.ts';

/** One of several writers: `append-lines.ts FILE NAME COUNT MAX_BYTES KEEP` waits for a line on stdin, then writes. */

const [file = '', name = '', count = '', maxBytes = '', keep = ''] = process.argv.slice(2);

const line = (n: number): LogLine => ({
  ts: n,
  model: name,
  served_by: null,
  prompt_hash: 'x'.repeat(n % 700),
  prompt_chars: 0,
  response_chars: 0,
  latency_s: 0,
  cache_hit: false,
  demoted: false,
  exit_code: 0,
  source: 'api',
  request_id: `${name}-${n}`,
  attempts: [],
  degraded_reason: null,
  ttft_s: null,
  load_s: null,
  tokens_in: null,
  tokens_out: null,
  finish: null,
  pressure: 'normal',
  swapouts: null,
  pageouts: null,
});

const log = openLog({
  file,
  maxBytes: Number(maxBytes),
  keep: Number(keep),
  now: () => Date.now() / 1000,
  warn: (message) => process.stderr.write(`${message}\n`),
});
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  for (let n = 0; n < Number(count); n++) log.write(line(n));
  log.close();
  process.stdin.destroy();
});
