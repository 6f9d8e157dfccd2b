import { existsSync } from 'node:fs';
import { reloadConfig } from './admin/reload.ts';
import { bindingsFrom } from './binding.ts';
import { ConfigError } from './config/load.ts';
import { DEFAULT_PORT } from './contract.ts';
import { messageOf } from './errors.ts';
import { pathsFrom } from './paths.ts';
import { portHolder } from './port-holder.ts';
import { programLog } from './program-log.ts';
import { type Serving, serve } from './serve.ts';
import { VERSION } from './version.ts';
import { whoListens } from './who-listens.ts';

/** The headless proxy in the foreground: one line when it listens, and what is wrong. */

/** How long answers under way have to end after a signal: launchd waits 20 s before it kills. */
const GRACE_MS = 15_000;
const TELL_AFTER_MS = 500;

const log = programLog(process.env);
const warn = (message: string): void => log.say('warn', message);
const paths = pathsFrom(process.env);
const port = portFrom(process.env.ASK_PORT);

async function main(): Promise<void> {
  try {
    const bindings = bindingsFrom(process.env, paths.apiKey);
    const serving = await serve({ paths, port, bindings, warn });
    // Before the line is printed: whoever has read it may send a signal.
    handleSignals(serving);
    const config = existsSync(paths.config) ? paths.config : 'built in';
    log.say(
      'info',
      `Toaster ${VERSION} listens on ${serving.urls.join(' and ')} (config: ${config}, data: ${paths.data})`,
      { version: VERSION, pid: process.pid, urls: serving.urls, config, data: paths.data },
    );
  } catch (error) {
    log.say('error', await explain(error));
    process.exitCode = 1;
  }
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
    setTimeout(
      () => warn(`waits up to ${GRACE_MS / 1000} s for answers under way; once more ends them at once`),
      TELL_AFTER_MS,
    ).unref();
    serving.close(GRACE_MS).then(
      // Somebody's silence, such as a collector's of traces, must not keep what is done.
      () => process.exit(),
      (error: unknown) => {
        log.say('error', `did not stop cleanly: ${messageOf(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', () => {
    try {
      const { models } = reloadConfig(serving.live);
      log.say('info', `Config reloaded: ${models.join(', ')}`, { models });
    } catch (error) {
      log.say('error', messageOf(error));
    }
  });
}

async function explain(error: unknown): Promise<string> {
  if (error instanceof ConfigError) return `the config cannot be used:\n${error.message}`;
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return messageOf(error);
  const other = await whoListens(port);
  if (other.kind === 'toaster')
    return `a Toaster already serves port ${port} (version ${other.version}, process ${other.pid}); use that one, or set ASK_PORT`;
  const holder = await portHolder(port);
  const who = holder ? `${holder.name} (process ${holder.pid})` : 'another program';
  return `port ${port} is taken by ${who}; set ASK_PORT to a free one`;
}

// Where each line is to be JSON, Node's own words at a crash would be none.
if (log.format === 'json')
  process.on('uncaughtException', (error) => {
    log.say('error', messageOf(error), { stack: error.stack ?? '' });
    process.exit(1);
  });
void main();
