import { messageOf } from '../errors.ts';
import { checkCache } from './checks/cache.ts';
import { checkClock } from './checks/clock.ts';
import { checkConfig } from './checks/config.ts';
import { checkDisk } from './checks/disk.ts';
import { checkFiles } from './checks/files.ts';
import { checkLog } from './checks/log.ts';
import { checkMemory } from './checks/memory.ts';
import { checkModels } from './checks/models.ts';
import { checkPath } from './checks/path.ts';
import { checkPort } from './checks/port.ts';
import { checkRuntimes } from './checks/runtimes.ts';
import { checkTiers } from './checks/tiers.ts';
import { type Finding, unknown } from './finding.ts';
import type { Check, DoctorTools } from './tools.ts';

const LIMIT_MS = 5000;

/** Everything that is looked at, in the order in which it is told. */
const CHECKS: [string, Check][] = [
  ['config', checkConfig],
  ['runtimes', checkRuntimes],
  ['models', checkModels],
  ['memory', checkMemory],
  ['tiers', checkTiers],
  ['disk', checkDisk],
  ['files', checkFiles],
  ['log', checkLog],
  ['cache', checkCache],
  ['port', checkPort],
  ['PATH', checkPath],
  ['clock', checkClock],
];

/** Looks at everything at once. One check that fails or takes too long is `unknown`, and keeps none of the others. */
export async function examine(
  tools: DoctorTools,
  checks: [string, Check][] = CHECKS,
  limitMs = LIMIT_MS,
): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async ([check, run]) => {
      const findings = await withinLimit(run, tools, limitMs);
      return findings.map((finding): Finding => ({ check, ...finding }));
    }),
  );
  return found.flat();
}

async function withinLimit(run: Check, tools: DoctorTools, limitMs: number) {
  const limit = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    limit.abort();
    late.reject(new Error(`nothing was found out within ${limitMs / 1000} s`));
  }, limitMs);
  try {
    return await Promise.race([run(tools, limit.signal), late.promise]);
  } catch (error) {
    return [unknown(`could not be looked at: ${messageOf(error)}`)];
  } finally {
    clearTimeout(timer);
  }
}
