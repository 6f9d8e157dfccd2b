import { DEFAULT_PORT } from '../../contract.ts';
import { whoListens } from '../../who-listens.ts';
import { ok, warn } from '../finding.ts';
import type { Check } from '../tools.ts';

/** Whether `ask` and other clients find this proxy without being told where. */
export const checkPort: Check = async ({ port, env }) => {
  if (port === DEFAULT_PORT) return [ok(`${port}, where everybody looks`)];
  const listener = await whoListens(DEFAULT_PORT);
  const other =
    listener.kind === 'toaster'
      ? `another Toaster (process ${listener.pid}) has ${DEFAULT_PORT}`
      : `${listener.kind === 'nobody' ? 'nobody' : 'another program'} has ${DEFAULT_PORT}`;
  const says = `this one is at ${port}, ${other}: clients must be told`;
  // Whoever set it for the proxy has thought of it.
  if (env.ASK_PORT === String(port)) return [ok(says)];
  return [warn(says, `export ASK_PORT=${port}`)];
};
