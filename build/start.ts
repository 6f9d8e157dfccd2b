import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { loadConfig } from '../proxy/config/load.ts';
import type { Config } from '../proxy/config/schema.ts';
import { pathsFrom } from '../proxy/paths.ts';
import { fetchModel } from './model/fetch-model.ts';
import { TINY } from './model/tiny.ts';
import { electronDist, fetchElectron, runApp } from './run-app.ts';
import { buildUi } from './ui.ts';

/** `npm start`: sees to it that there is a model that can answer, then starts Toaster. */

const paths = pathsFrom(process.env);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
if (!(await hasModel()))
  await fetchModel({ source: TINY, folder: paths.models, out: process.stdout, signal: stop.signal });
if (stop.signal.aborted) process.exit(130);
process.removeAllListeners('SIGINT');

const electron = wantsApp() ? (electronDist() ?? fetchElectron()) : null;
if (electron !== null) process.exit(await runApp(electron));
console.log(
  wantsApp()
    ? 'Running headless: Electron could not be fetched. When it can: npm run app'
    : 'Running headless: the menu-bar app is for a Mac with a screen (elsewhere: npm run app).',
);
showPage();
await import('../proxy/main.ts');

/** The page at /ui/. Toaster serves without it, too. */
function showPage(): void {
  try {
    buildUi();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

/** A Mac whose person sits before it: not a login from afar, which has no menu bar, and not a machine that only builds. */
function wantsApp(): boolean {
  const { SSH_CONNECTION, SSH_TTY, CI, ASK_HEADLESS } = process.env;
  return process.platform === 'darwin' && !SSH_CONNECTION && !SSH_TTY && !CI && !ASK_HEADLESS;
}

/** Whether Ollama or the folder of GGUFs has a model that the config names. A config that is broken says so later. */
async function hasModel(): Promise<boolean> {
  let config: Config;
  try {
    config = loadConfig(paths.config);
  } catch {
    return true;
  }
  const weights = Object.values(config.weights);
  const files = weights.flatMap(({ file }) => file ?? []);
  if (files.some((file) => existsSync(isAbsolute(file) ? file : join(paths.models, file)))) return true;
  for (const [id, runtime] of Object.entries(config.runtimes)) {
    if (runtime.kind !== 'ollama') continue;
    const names = weights.filter((entry) => entry.runtime === id).flatMap(({ name }) => name ?? []);
    const installed = await installedAt(runtime.url);
    if (names.some((name) => installed.includes(name) || installed.includes(`${name}:latest`))) return true;
  }
  return false;
}

/** What an Ollama has; nothing when there is none. */
async function installedAt(url: string): Promise<string[]> {
  try {
    const response = await fetch(new URL('/api/tags', url), { signal: AbortSignal.timeout(1000) });
    const body: unknown = await response.json();
    const models =
      typeof body === 'object' && body !== null && 'models' in body && Array.isArray(body.models)
        ? body.models
        : [];
    return models.map((model: { name?: unknown }) => String(model.name));
  } catch {
    return [];
  }
}
