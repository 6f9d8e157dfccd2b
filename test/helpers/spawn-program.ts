import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './requests.ts';

const MAIN = fileURLToPath(new URL('../../proxy/main.ts', import.meta.url));

/** The headless program, as a person would run it. */
export interface Program {
  child: ChildProcess;
  /** Its data; the config would be in here, too. */
  folder: string;
  /** What it has said so far, on both streams. */
  said(): string;
  exit: Promise<number | null>;
}

/** Runs it on a free port with its files in `folder`, until somebody ends it. `umask` is what the person's shell has set. */
export function spawnProgram(folder: string, env: Record<string, string> = {}, umask = '022'): Program {
  const child = spawn('sh', ['-c', `umask ${umask}; exec "$0" "$1"`, process.execPath, MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      ASK_PORT: '0',
      ASK_DATA_DIR: folder,
      ASK_CONFIG: join(folder, 'config.yaml'),
      ...env,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  const exit = once(child, 'close').then(([code]): number | null => code);
  return { child, folder, said: () => text, exit };
}

/** Where it listens, as soon as it says so. */
export async function listening(program: Program): Promise<string> {
  await until(() => program.said().includes('\n'));
  return /http:\/\/127\.0\.0\.1:\d+/.exec(program.said())?.[0] ?? '';
}
