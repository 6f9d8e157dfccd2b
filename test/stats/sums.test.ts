import { expect, it } from 'vitest';
import { countLine, noSums } from '../../proxy/stats/sums.ts';
import { logLine } from '../../proxy/telemetry/log-line.ts';
import { aReceipt } from '../telemetry/helpers.ts';

it('embeddings are requests like others, and their tokens would have cost nothing worth counting', () => {
  const sums = noSums();
  for (const task of [null, 'complete', 'embed'] as const)
    countLine(
      sums,
      logLine(aReceipt({ task, cache: 'miss', tokens_in: 100, tokens_out: 10 }), {
        user: null,
        metadata: null,
      }),
    );
  expect(sums).toMatchObject({ requests: 3, failed: 0, tokens_in: 200, tokens_out: 30 });
});
