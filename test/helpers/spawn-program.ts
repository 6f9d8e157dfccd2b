import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './requests.ts';
import { type LogLine, readLog } from './toaster.ts';

const MAIN = fileURLToPath(new URL('../../proxy/main.ts', import.meta.url));
/** "nobody": may write nowhere but where it is let. */
const NOBODY = 65_534;

/** The headless program in a process of its own, as a person would run it. */
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
  /** Another entry than the one of the sources, such as the bundle's. */
  main?: string;
  /** The YAML of its config; without it there is no file. */
  yaml?: string;
  env?: Record<string, string>;
  /** Files may grow to so many kB: as good as a full disk, and needs no rights. */
  fileKb?: number;
  /** What the person's shell has set. */
  umask?: string;
  /** Not as root, whom no mode of a file keeps out. */
  unprivileged?: boolean;
}

/** Runs it on a free port with its files in `folder`, until somebody ends it. */
export function spawnProgram(folder: string, options: ProgramOptions = {}): Program {
  const config = join(folder, 'config.yaml');
  if (options.yaml !== undefined) writeFileSync(config, options.yaml);
  const limits = options.fileKb === undefined ? '' : `ulimit -f ${options.fileKb * 2}; `;
  const script = `umask ${options.umask ?? '022'}; ${limits}exec "$0" "$1"`;
  const asNobody = options.unprivileged && process.getuid?.() === 0;
  if (asNobody) chownSync(folder, NOBODY, NOBODY);
  const child = spawn('sh', ['-c', script, process.execPath, options.main ?? MAIN], {
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
