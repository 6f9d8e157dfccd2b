import { existsSync } from 'node:fs';
import http from 'node:http';
import { z } from 'zod';
import { reloadConfig } from './admin/reload.ts';
import { ConfigError } from './config/load.ts';
import { DEFAULT_PORT } from './contract.ts';
import { messageOf } from './errors.ts';
import { pathsFrom } from './paths.ts';
import { type Serving, serve } from './serve.ts';
import { VERSION } from './version.ts';

/** The headless proxy in the foreground: one line when it listens, warnings on stderr. */

const warn = (message: string): void => console.error(`toaster: ${message}`);
const paths = pathsFrom(process.env);
const port = portFrom(process.env.ASK_PORT);

try {
  const serving = await serve({ paths, port, warn });
  // Before the line is printed: whoever has read it may send a signal.
  handleSignals(serving);
  const config = existsSync(paths.config) ? paths.config : 'built in';
  console.log(`Toaster ${VERSION} listens on ${serving.url} (config: ${config}, data: ${paths.data})`);
} catch (error) {
  warn(await explain(error));
  process.exitCode = 1;
}

function portFrom(text: string | undefined): number {
  const value = Number(text || DEFAULT_PORT);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  warn(`ASK_PORT=${text} is not a port; using ${DEFAULT_PORT}`);
  return DEFAULT_PORT;
}

function handleSignals(serving: Serving): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    serving.close().catch((error: unknown) => {
      warn(`did not stop cleanly: ${messageOf(error)}`);
      process.exit(1);
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', () => {
    try {
      console.log(`Config reloaded: ${reloadConfig(serving.live).models.join(', ')}`);
    } catch (error) {
      warn(messageOf(error));
    }
  });
}

async function explain(error: unknown): Promise<string> {
  if (error instanceof ConfigError) return `the config cannot be used:\n${error.message}`;
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return messageOf(error);
  const other = await whoListens();
  return other === null
    ? `port ${port} is taken by another program; set ASK_PORT to a free one`
    : `a Toaster already serves port ${port} (version ${other.version}, process ${other.pid}); use that one, or set ASK_PORT`;
}

/** The Toaster that has the port, or null when something else has it. */
function whoListens(): Promise<{ version: string; pid: number } | null> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/health', timeout: 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text = (text + piece).slice(0, 10_000);
      });
      response.on('end', () => resolve(toasterIn(text)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function toasterIn(text: string): { version: string; pid: number } | null {
  const parsed = z
    .object({ name: z.literal('toaster'), version: z.string(), pid: z.int() })
    .safeParse(jsonOrNull(text));
  return parsed.success ? parsed.data : null;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
