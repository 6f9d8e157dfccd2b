import { openCache } from '../../proxy/cache/store.ts';
import { emptyAnswer } from '../../proxy/chat/answer.ts';

/** Puts answers into the cache FILE until the disk must be full, and says what came of it. */

const warnings: string[] = [];
const store = openCache({
  file: process.argv[2] ?? '',
  ttlS: 100,
  maxBytes: 1e9,
  now: () => 1000,
  warn: (message) => warnings.push(message),
});
for (let i = 0; i < 100; i++) {
  store.put(`k${i}`, {
    ...emptyAnswer(),
    served: 'fast-9b',
    text: 'x'.repeat(10_000),
    finish: 'stop',
    birth: { ts: 1000, latency_s: 1, ttft_s: null, load_s: null },
  });
}
const first = store.get('k0') !== null;
const last = store.get('k99') !== null;
store.close();
process.stdout.write(JSON.stringify({ first, last, warnings: warnings.length }));
