import { gb } from '../../ask/columns.ts';
import { diskBytes } from '../../pull/desk.ts';
import { type Found, ok, quoted, warn, wrong } from '../finding.ts';
import type { Check, DoctorTools } from '../tools.ts';
import { missingWeights } from './models.ts';

/** Below the first the log and the cache soon fail, below the second a person should know. */
const LITTLE_BYTES = 100e6;
const SOME_BYTES = 2e9;

/** Room on the disk for log and cache, and for the largest model that is still missing. */
export const checkDisk: Check = async ({ live, paths, disk }) => {
  const data = await disk(paths.data);
  const sort = `du -sh ${quoted(paths.data)}/*`;
  const findings: Found[] = [];
  if (data < LITTLE_BYTES) findings.push(wrong(`${mb(data)} left in ${paths.data}`, sort));
  else if (data < SOME_BYTES) findings.push(warn(`${gb(data)} left in ${paths.data}`, sort));
  else findings.push(ok(`${gb(data)} left in ${paths.data}`));
  return [...findings, ...(await forMissing(live, disk))];
};

/** The largest of what is missing that could not be fetched. */
async function forMissing(live: DoctorTools['live'], disk: DoctorTools['disk']): Promise<Found[]> {
  const { missing } = await missingWeights(live);
  for (const { weights, runtime } of missing.sort((a, b) => diskBytes(b.weights) - diskBytes(a.weights))) {
    const place = await live.runtimes.get(runtime)?.place(weights);
    // The disk of another machine, or another user's folder, is not for this one to judge.
    if (!place || 'unseen' in place) continue;
    const free = await disk(place.folder);
    if (free >= diskBytes(weights) - place.have) continue;
    const says = `${weights.id} is missing and needs ${gb(diskBytes(weights))}, ${gb(free)} are left in ${place.folder}`;
    return [warn(says, `du -sh ${quoted(place.folder)}`)];
  }
  return [];
}

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
