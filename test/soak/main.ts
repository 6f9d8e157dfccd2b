import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printTable } from '../helpers/print-table.ts';
import { type Report, soak } from './soak.ts';

/**
 * A real Toaster under all faults at once for a while: `npm run soak -- --seconds 600 --seed 1`. A seed decides what is
 * asked and what goes wrong, though not which of ten clients is quicker.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? randomInt(2 ** 31));
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('soak: --seconds takes a number above 0, --seed a whole number.');
  process.exit(2);
}
const again = `npm run soak -- --seconds ${seconds} --seed ${seed}`;
console.log(again);
const report = await soak({ seed, seconds });
printTable(rowsOf(report));
const [first] = report.wrong;
if (first) {
  console.log(
    `\n${report.wrong.length} wrong. The first: ${first.what}\n${JSON.stringify(first.planned)}\n${again}`,
  );
  process.exitCode = 1;
}

function rowsOf({ requests, outcomes, before, after, ...facts }: Report): string[][] {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    ['requests', String(requests)],
    ...Object.entries(outcomes).map(([outcome, count]) => [`  ${outcome}`, String(count)]),
    ['answered by another model', String(facts.demoted)],
    ['wrong', String(facts.wrong.length)],
    ['lines in the log', String(facts.lines)],
    ['slowest', `${(facts.slowestMs / 1000).toFixed(1)} s`],
    ['connections to Ollama', String(facts.connections)],
    ['memory after warm-up, at the end', `${mb(before.rss)}, ${mb(after.rss)}`],
    ['open files after warm-up, at the end', `${before.files ?? 'unknown'}, ${after.files ?? 'unknown'}`],
    ['warnings', String(facts.warnings.length)],
  ];
}
