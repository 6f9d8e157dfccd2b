import { gb } from '../../ask/columns.ts';
import { type Found, ok, quoted, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';
import { missingWeights } from './models.ts';

/** Below the first the log and the cache soon fail, below the second a person should know. */
const LITTLE_BYTES = 100e6;
const SOME_BYTES = 2e9;

/** Room on the disk for log and cache, and for the largest model that is still missing. */
export const checkDisk: Check = async ({ live, paths, disk }) => {
  const [data, models] = await Promise.all([disk(paths.data), disk(paths.models)]);
  const sort = `du -sh ${quoted(paths.data)}/*`;
  const findings: Found[] = [];
  if (data < LITTLE_BYTES) findings.push(wrong(`${mb(data)} left in ${paths.data}`, sort));
  else if (data < SOME_BYTES) findings.push(warn(`${gb(data)} left in ${paths.data}`, sort));
  else findings.push(ok(`${gb(data)} left in ${paths.data}`));
  const { missing } = await missingWeights(live);
  const [largest] = missing.map(({ weights }) => weights).sort((a, b) => b.size_gb - a.size_gb);
  if (largest && largest.size_gb * 1.1e9 > models)
    findings.push(
      warn(
        `${largest.id} is missing and needs ${largest.size_gb} GB, ${gb(models)} are left`,
        `du -sh ${quoted(paths.models)} ~/.ollama/models`,
      ),
    );
  return findings;
};

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
