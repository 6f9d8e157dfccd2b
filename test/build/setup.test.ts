import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** A clone with nothing installed, and an npm that does what it is told. */
function clone(npm: string): string {
  const top = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const folder of ['build', 'bin']) mkdirSync(join(top, folder));
  copyFileSync(
    fileURLToPath(new URL('../../build/setup.mjs', import.meta.url)),
    join(top, 'build', 'setup.mjs'),
  );
  writeFileSync(join(top, 'package-lock.json'), '{"one":1}');
  writeFileSync(join(top, 'bin', 'npm'), `#!/bin/sh\necho "$@" >> calls\n${npm}\n`);
  chmodSync(join(top, 'bin', 'npm'), 0o755);
  return top;
}
const INSTALLS =
  "mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho v24.0.0\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node";

async function setup(top: string): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, ['build/setup.mjs'], {
    cwd: top,
    env: { PATH: `${join(top, 'bin')}:${process.env.PATH}` },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = await once(child, 'close');
  return { code, text };
}
const calls = (top: string) =>
  existsSync(join(top, 'calls')) ? readFileSync(join(top, 'calls'), 'utf8').trim().split('\n') : [];

describe('set-up on a fresh clone', () => {
  it('installs once, says so, and is silent from then on', async () => {
    const top = clone(INSTALLS);
    expect(await setup(top)).toEqual({ code: 0, text: expect.stringMatching(/^Installing dependencies/) });
    expect(await setup(top)).toEqual({ code: 0, text: '' });
    expect(calls(top)).toEqual([
      'ci --ignore-scripts --no-audit --no-fund --loglevel=error',
      'rebuild node --loglevel=error',
    ]);
  });

  it('installs again when the lockfile is another, or the folder is gone', async () => {
    const top = clone(INSTALLS);
    await setup(top);
    writeFileSync(join(top, 'package-lock.json'), '{"two":2}');
    await setup(top);
    rmSync(join(top, 'node_modules'), { recursive: true });
    await setup(top);
    expect(calls(top).filter((call) => call.startsWith('ci '))).toHaveLength(3);
  });

  it('that fails shows what npm said and what to do, and is tried again the next time', async () => {
    const top = clone('mkdir -p node_modules; echo "npm error network" >&2; exit 1');
    const failed = await setup(top);
    expect(failed).toEqual({
      code: 1,
      text: expect.stringMatching(/npm error network[\s\S]*Check the network, then run: npm ci/),
    });
    await setup(top);
    expect(calls(top)).toHaveLength(2);
  });

  it('that lacks the right Node says so', async () => {
    expect(await setup(clone(INSTALLS.replace('v24', 'v20')))).toEqual({
      code: 1,
      text: expect.stringMatching(/npm rebuild node/),
    });
  });
});
