import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AskCommand } from '../../electron/ask-command.ts';
import { type AskPlaces, findLink, installLink, removeLink } from '../../electron/install-ask.ts';
import { loginPath } from '../../electron/login-path.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function places(): AskPlaces & { home: string } {
  const home = tempFolder();
  const shim = join(home, "Toaster's.app", 'ask');
  mkdirSync(join(shim, '..'));
  writeFileSync(shim, '#!/bin/sh\necho "it answers: $1"\n');
  chmodSync(shim, 0o755);
  return { home, shim, mine: join(home, '.local', 'bin'), everyones: join(home, 'usr', 'local', 'bin') };
}
const never = async (): Promise<void> => {
  throw new Error('nobody was to be asked for a password');
};

describe('the link to ask', () => {
  it('is made with its folder, runs, and goes again', async () => {
    const at = places();
    const link = await installLink(at, 'mine', never);
    expect(link).toBe(join(at.mine, 'ask'));
    expect(
      execFileSync('sh', ['-c', 'ask yes'], {
        env: { PATH: `${at.mine}:${process.env.PATH}` },
        encoding: 'utf8',
      }),
    ).toBe('it answers: yes\n');
    expect(findLink(at)).toBe(link);
    await installLink(at, 'mine', never);
    await removeLink(at, never);
    expect([findLink(at), existsSync(link), existsSync(at.shim)]).toEqual([null, false, true]);
  });

  it.each([
    ['a program', (file: string) => writeFileSync(file, 'mine')],
    ['a link to elsewhere', (file: string) => symlinkSync('/bin/sh', file)],
    ['a folder', (file: string) => mkdirSync(file)],
  ])('never takes the place of %s, nor takes it away', async (_what, put) => {
    const at = places();
    mkdirSync(at.mine, { recursive: true });
    put(join(at.mine, 'ask'));
    const before = lstatSync(join(at.mine, 'ask')).ino;
    await expect(installLink(at, 'mine', never)).rejects.toThrow(
      /there already and not Toaster’s; move it away/,
    );
    await removeLink(at, never);
    expect(lstatSync(join(at.mine, 'ask')).ino).toBe(before);
  });

  it('of an app that has moved leads to the new place', async () => {
    const at = places();
    mkdirSync(at.mine, { recursive: true });
    symlinkSync('/Volumes/Old/Toaster.app/Contents/Resources/ask', join(at.mine, 'ask'));
    expect(readlinkSync(await installLink(at, 'mine', never))).toBe(at.shim);
  });

  it('for everyone asks for a password only where it has to, and quotes what it runs', async (ctx) => {
    const at = places();
    expect(await installLink(at, 'everyones', never)).toBe(join(at.everyones, 'ask'));
    await removeLink(at, never);
    // Where nobody may make files; for root that is a file system of the kernel's.
    const isRoot = process.getuid?.() === 0;
    if (isRoot && process.platform !== 'linux') return ctx.skip('root may write everywhere');
    const sealed = { ...at, everyones: isRoot ? '/sys' : join(at.home, 'sealed') };
    if (!isRoot) mkdirSync(sealed.everyones, { mode: 0o555 });
    const scripts: string[] = [];
    await installLink(sealed, 'everyones', async (script) => void scripts.push(script));
    expect(scripts).toHaveLength(1);
    // The same script where it may: the shim's apostrophe and all.
    const script = (scripts[0] ?? '').replaceAll(sealed.everyones, at.everyones);
    execFileSync('sh', ['-c', script]);
    expect(readlinkSync(join(at.everyones, 'ask'))).toBe(at.shim);
  });
});

describe('whether a terminal finds it', () => {
  const shellThatSays = (home: string, text: string): string => {
    const shell = join(home, 'shell');
    writeFileSync(shell, `#!/bin/sh\n${text}\n`);
    chmodSync(shell, 0o755);
    return shell;
  };

  it('is what the person’s own shell says, with what only its interactive start adds', async () => {
    const { home } = places();
    const shell = shellThatSays(
      home,
      'echo Welcome; [ "$1" = -ilc ] && PATH=$PATH:/from/rc; exec sh -c "$2"',
    );
    const folders = await loginPath(shell, { PATH: '/usr/bin:/bin' });
    expect(folders).toEqual(['/usr/bin', '/bin', '/from/rc']);
  });

  it('is unknown when the shell fails', async () => {
    expect(await loginPath(shellThatSays(places().home, 'exit 3'), { PATH: '/bin' })).toBe(null);
    expect(await loginPath('/no/such/shell')).toBe(null);
  });

  it('works with the machine’s real sh', async () => {
    expect(await loginPath('/bin/sh')).toContain('/usr/bin');
  });

  it('is told with the line that helps', async () => {
    const at = places();
    const lost = new AskCommand(at, async () => ['/usr/bin']);
    await lost.install();
    expect(await lost.state()).toEqual({ link: join(at.mine, 'ask'), onPath: false });
    expect(await lost.advice()).toContain(`export PATH="${at.mine}:$PATH"`);
    const found = new AskCommand(at, async () => ['/usr/bin', `${at.mine}/`]);
    expect([await found.state(), await found.advice()]).toEqual([
      { link: join(at.mine, 'ask'), onPath: true },
      null,
    ]);
    await found.remove();
    expect(await found.state()).toEqual({ link: null, onPath: false });
    expect(readFileSync(at.shim, 'utf8')).toContain('it answers');
  });
});
