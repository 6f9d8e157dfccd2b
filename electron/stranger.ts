import { once } from 'node:events';
import { createServer } from 'node:net';
import type { MessageBoxOptions } from 'electron';
import type { PortHolder } from '../proxy/port-holder.ts';

/** How many ports after the wished one are tried. */
const TRIES = 50;

/** The next port on 127.0.0.1 that nobody has; null when there is none near. */
export async function nextFreePort(after: number): Promise<number | null> {
  for (let port = after + 1; port <= Math.min(after + TRIES, 65_535); port += 1)
    if (await isFree(port)) return port;
  return null;
}

/** The question when something else than Toaster has the port. The first button is the first of `buttons`. */
export function strangerQuestion(
  port: number,
  holder: PortHolder | null,
  other: number | null,
): MessageBoxOptions {
  const who = holder ? `${holder.name} (process ${holder.pid})` : 'Another program';
  const use =
    other === null
      ? 'End it, and start Toaster again.'
      : `Toaster can use port ${other} from now on. Clients must be told: ASK_PORT=${other} for ask, and the port in the address of the others.`;
  return {
    type: 'question',
    message: `${who} has port ${port}`,
    detail: `Toaster's clients look for it there. ${use}`,
    buttons: other === null ? ['Quit'] : [`Use port ${other}`, 'Quit'],
    defaultId: 0,
    cancelId: other === null ? 0 : 1,
    noLink: true,
  };
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    // Taken, or not ours to take: both mean the next one.
    return false;
  } finally {
    server.close();
  }
}
