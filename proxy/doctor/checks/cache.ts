import { statOrNull } from '../../telemetry/rotate.ts';
import { type Found, ok, quoted, unknown, wrong } from '../finding.ts';
import { type Health, quickCheck } from '../quick-check.ts';
import type { Check } from '../tools.ts';

/** Whether the databases are whole: of answers, of memory's history, of the log's sums. */
export const checkCache: Check = async ({ paths: { cache, history, stats } }, signal) => {
  const there = [cache, history, stats].flatMap((file) => {
    const facts = statOrNull(file);
    return facts === null ? [] : [{ file, size: `${(facts.size / 1e6).toFixed(1)} MB` }];
  });
  const healths = await quickCheck(
    there.map(({ file }) => file),
    signal,
  );
  return there.map(({ file, size }, i) => found(file, size, healths[i] ?? { failed: 'nothing was said' }));
};

function found(file: string, size: string, health: Health): Found {
  if ('failed' in health) return unknown(`${file} could not be looked through (${health.failed})`);
  if (health.damage === null) return ok(`${file} is whole, ${size}`);
  // The files beside it belong to the broken one.
  const mend = `mv ${quoted(file)} ${quoted(`${file}.broken`)} && rm -f ${quoted(`${file}-wal`)} ${quoted(`${file}-shm`)}`;
  return wrong(`${file} is damaged (${health.damage}); stop Toaster, move it away, start it again`, mend);
}
