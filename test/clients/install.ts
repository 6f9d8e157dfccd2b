import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';
import { CLIENTS, type Client } from './versions.ts';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'toaster', 'clients');
const INSTALL_MS = 240_000;

/** Where a client is, installed when it was not or in another version; else a sentence that says why it is not there. */
export async function install(client: Client): Promise<{ folder: string } | { why: string }> {
  const wanted = CLIENTS[client];
  const folder = join(CACHE, client);
  const stamp = join(folder, '.installed');
  const versions = JSON.stringify(wanted);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === versions) return { folder };
  console.log(`Installing ${client} into ${folder} ...`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [command = '', ...args] of 'npm' in wanted
    ? [npm(folder, wanted.npm)]
    : venv(folder, wanted.pip)) {
    const { code, stdout, stderr } = await run(command, args, { cwd: folder, limitMs: INSTALL_MS });
    const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1);
    if (code !== 0)
      return { why: `${client} could not be installed: ${said || `${command} ended with ${code}`}` };
  }
  writeFileSync(stamp, versions);
  return { folder };
}

const npm = (folder: string, packages: readonly string[]): string[] => [
  ...['npm', 'install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
  ...packages,
];

const venv = (folder: string, packages: readonly string[]): string[][] => [
  ['python3', '-m', 'venv', folder],
  [
    join(folder, 'bin', 'python'),
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...packages,
  ],
];
