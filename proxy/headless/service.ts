import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_PORT } from '../contract.ts';
import type { Machine } from './machine.ts';
import { planFor, whyNotServed } from './plan-for.ts';
import { MARK, type ServicePlan } from './service-plan.ts';
import { runSteps } from './steps.ts';

/** A service starts in a second or two; one that waits for a port may take for ever. */
const STARTS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 250;

/** Installs the service, or sees to it that the installed one runs. The exit code. */
export async function installService(machine: Machine): Promise<number> {
  const { say, complain } = machine;
  const plan = await planFor(machine);
  const reason = whyNotServed(machine);
  if (reason !== null && !(plan.secretsFile !== null && existsSync(plan.secretsFile))) {
    complain(`toaster: the service would not start: ${reason}`);
    complain('An ASK_API_KEY of this shell is not written into a service: its file is no place for secrets.');
    return 1;
  }
  const before = contentOf(plan.file);
  if (before !== null && !before.includes(MARK)) return refuse(machine, plan);
  const isSame = before === plan.text;
  // One that was there before and stays is not this service: the app has the port, or a terminal.
  const other = isSame ? null : await machine.toasterOn(portOf(machine));
  if (!isSame) write(plan);
  const failed = await runSteps(isSame ? plan.unchanged : plan.changed, machine);
  if (failed !== null) {
    // As it was: with the new file in place, the next try would take it for done.
    if (before === null) rmSync(plan.file, { force: true });
    else write({ ...plan, text: before });
    complain(`toaster: ${failed}`);
    complain(plan.whenItFails);
    return 1;
  }
  say(isSame ? `${plan.file} is as it was.` : `Wrote ${plan.file}.`);
  await tellWhetherItAnswers(machine, plan, other);
  if (machine.platform === 'linux' && !existsSync(join('/var/lib/systemd/linger', machine.user)))
    say('It ends when you log out. So that it runs without a login: loginctl enable-linger');
  return 0;
}

/** Ends the service and removes its file; nothing is wrong with there being none. The exit code. */
export async function uninstallService(machine: Machine): Promise<number> {
  const plan = await planFor(machine);
  const before = contentOf(plan.file);
  if (before === null) {
    machine.say(`No service is installed (${plan.file}).`);
    return 0;
  }
  if (!before.includes(MARK)) return refuse(machine, plan);
  await runSteps(plan.stop, machine);
  rmSync(plan.file);
  const failed = await runSteps(plan.removed, machine);
  if (failed !== null) machine.complain(`toaster: ${failed}`);
  machine.say(`Removed ${plan.file}. The data is still where it was.`);
  return 0;
}

/** Shows what `installService` or `uninstallService` would do. */
export async function printService(machine: Machine, kind: 'install' | 'uninstall'): Promise<number> {
  const plan = await planFor(machine);
  const commands = (steps: ServicePlan['stop']): void =>
    steps.forEach(({ command }) => {
      machine.say(`$ ${command.join(' ')}`);
    });
  if (kind === 'install') {
    machine.say(`# ${plan.file}\n${plan.text}`);
    commands(contentOf(plan.file) === plan.text ? plan.unchanged : plan.changed);
  } else {
    commands(plan.stop);
    machine.say(`$ rm ${plan.file}`);
    commands(plan.removed);
  }
  return 0;
}

function refuse({ complain }: Machine, { file }: ServicePlan): number {
  complain(`toaster: ${file} was not written by toaster, and is left alone; move it away first.`);
  return 1;
}

function contentOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Whole or not at all, and nobody else's: the environment is in it. */
function write({ file, text, folders }: ServicePlan): void {
  for (const folder of [dirname(file), ...folders]) mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const portOf = ({ env }: Machine): number => Number(env.ASK_PORT || DEFAULT_PORT);

async function tellWhetherItAnswers(
  machine: Machine,
  { logs }: ServicePlan,
  other: number | null,
): Promise<void> {
  const port = portOf(machine);
  let pid: number | null = null;
  for (let waited = 0; waited < STARTS_WITHIN_MS; waited += LOOK_EVERY_MS) {
    pid = await machine.toasterOn(port);
    if (pid !== null && pid !== other)
      return machine.say(`Toaster answers on port ${port}. What it says: ${logs}`);
    await machine.wait(LOOK_EVERY_MS);
  }
  machine.complain(
    pid === null
      ? `toaster: the service is started, but does not answer on port ${port} yet; see ${logs}`
      : `toaster: another Toaster (process ${pid}) has port ${port}; the service takes it once that one ends.`,
  );
}
