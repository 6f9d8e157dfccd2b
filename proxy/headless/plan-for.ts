import { dirname, join, resolve } from 'node:path';
import { bindingsFrom } from '../binding.ts';
import { pathsFrom } from '../paths.ts';
import { launchdPlan } from './launchd.ts';
import type { Machine } from './machine.ts';
import { serviceEnv } from './service-env.ts';
import type { ServiceParts, ServicePlan } from './service-plan.ts';
import { systemdPlan } from './systemd.ts';

/** A platform whose services Toaster does not know. The message says what to do. */
export class NoServices extends Error {}

const PLANS: Partial<Record<NodeJS.Platform, (parts: ServiceParts) => ServicePlan>> = {
  darwin: launchdPlan,
  linux: systemdPlan,
};

/** The service as this machine has it. Throws `NoServices`. */
export async function planFor(machine: Machine): Promise<ServicePlan> {
  const { platform, home, uid, node, program, env } = machine;
  const plan = PLANS[platform];
  if (!plan)
    throw new NoServices(
      `Toaster installs services of systemd and launchd; on ${platform}, run toaster by what starts programs there`,
    );
  // Beside the config.
  const secretsFile = join(dirname(resolve(pathsFrom(env).config)), 'service.env');
  const parts = { home, uid, node, program, env: serviceEnv(env, node), secretsFile };
  return plan({ ...parts, managerVersion: platform === 'linux' ? await systemdVersion(machine) : 0 });
}

/** Why the service would not start with its environment; null when it would. Its key is in a file, or nowhere. */
export function whyNotServed({ env, node }: Machine): string | null {
  const carried = serviceEnv(env, node);
  try {
    bindingsFrom(carried, pathsFrom(carried).apiKey);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The first line is `systemd 252 (252.39-1)`. */
async function systemdVersion({ run }: Machine): Promise<number> {
  const { output } = await run(['systemctl', '--version']);
  return Number(/^systemd (\d+)/.exec(output)?.[1] ?? 0);
}
