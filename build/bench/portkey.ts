import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type Program, startProgram } from './processes.ts';

/**
 * The Portkey gateway, to compare with: `PORTKEY_DIR` names the folder where `npm i @portkey-ai/gateway@1.15.2` was said.
 * With @hono/node-server 1.19.19 it answers 500 to every stream; with 1.12.2 in its place it works.
 */

const SERVER = 'node_modules/@portkey-ai/gateway/build/start-server.js';

/** Where it is installed, else null. */
export function portkeyServer(): string | null {
  const file = join(process.env.PORTKEY_DIR ?? '', SERVER);
  return existsSync(file) ? file : null;
}

/** Starts it on a free port; null where it is not installed. */
export async function startPortkey(): Promise<Program | null> {
  const server = portkeyServer();
  if (server === null) return null;
  const port = await freePort();
  const { pid } = await startProgram([server, `--port=${port}`, '--headless'], {}, /http:\/\/localhost:\d+/);
  return { url: `http://127.0.0.1:${port}`, pid };
}

/** What it wants to hear about whom it should ask. */
export const portkeyHeaders = ({ url }: Program) => ({
  'x-portkey-provider': 'openai',
  'x-portkey-custom-host': `${url.replace('127.0.0.1', 'localhost')}/v1`,
  authorization: 'Bearer none',
});
