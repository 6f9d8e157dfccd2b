import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';
import { until } from './requests.ts';
import { tempFolder } from './temp-folder.ts';
import { type LogLine, readLog } from './toaster.ts';

const MAIN = fileURLToPath(new URL('../../proxy/main.ts', import.meta.url));
/** "nobody": may write nowhere but where it is let. */
const NOBODY = 65_534;

/** The headless program in a process of its own, as a person would run it, ended with the test. */
export interface Program {
  child: ChildProcess;
  pid: number;
  /** Its data folder. */
  folder: string;
  config: string;
  /** What it has said on stdout and stderr. */
  said(): string;
  exit: Promise<number | null>;
  /** Its address, once it listens. */
  listening(): Promise<string>;
  log(): LogLine[];
}

export interface ProgramOptions {
  /** The YAML of its config; without it there is no file. */
  yaml?: string;
  /** A data folder that is there already. */
  folder?: string;
  env?: Record<string, string>;
  /** Files may grow to so many kB: as good as a full disk, and needs no rights. */
  fileKb?: number;
  /** What the person's shell has set. */
  umask?: string;
  /** Not as root, whom no mode of a file keeps out. */
  unprivileged?: boolean;
}

export function startProgram(options: ProgramOptions = {}): Program {
  const folder = options.folder ?? tempFolder();
  const config = join(folder, 'config.yaml');
  if (options.yaml !== undefined) writeFileSync(config, options.yaml);
  const limits = options.fileKb === undefined ? '' : `ulimit -f ${options.fileKb * 2}; `;
  const script = `umask ${options.umask ?? '022'}; ${limits}exec "$0" "$1"`;
  const asNobody = options.unprivileged && process.getuid?.() === 0;
  if (asNobody) chownSync(folder, NOBODY, NOBODY);
  const child = spawn('sh', ['-c', script, process.execPath, MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      ASK_PORT: '0',
      ASK_DATA_DIR: folder,
      ASK_CONFIG: config,
      ...options.env,
    },
    ...(asNobody && { uid: NOBODY, gid: NOBODY }),
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  const exit = once(child, 'close').then(([code]): number | null => code);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return {
    child,
    pid: child.pid ?? 0,
    folder,
    config,
    said: () => text,
    exit,
    async listening() {
      const found = () => /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      await until(() => found() !== undefined || child.exitCode !== null);
      const url = found();
      if (url === undefined) throw new Error(`it does not listen: ${text}`);
      return url;
    },
    log: () => readLog(join(folder, 'log.jsonl')),
  };
}

/** The config of a program on a fake Ollama, with the tiny model in place of the real one; `models` is YAML below `models:`. */
export function yamlOn(ollamaUrl: string, models = '  tiny: {}', further = ''): string {
  return `runtimes: { ollama: { url: "${ollamaUrl}" }, llamacpp: { threads: 1 } }
weights: { qwen-0.5b: { file: tiny.gguf, context: 512 } }
models:
${models}
${further}
`;
}

/** Puts the tiny model into a data folder. */
export function withTinyModel(folder: string): string {
  mkdirSync(join(folder, 'models'), { recursive: true });
  writeTinyGguf(join(folder, 'models', 'tiny.gguf'));
  return folder;
}

/** Asks a program, as `curl` would. */
export function chat(
  url: string,
  text: string,
  fields: Record<string, unknown> = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: text }], ...fields }),
    ...(init.signal && { signal: init.signal }),
  });
}
