import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWords } from '../../proxy/headless/run-words.ts';
import { type FakeMachine, fakeMachine } from './fake-machine.ts';

const FILES = {
  linux: ['config', 'systemd', 'user', 'toaster.service'],
  darwin: ['Library', 'LaunchAgents', 'dev.toaster.proxy.plist'],
} as const;
const fileOf = (machine: FakeMachine): string =>
  join(machine.home, ...FILES[machine.platform as keyof typeof FILES]);
const install = (machine: FakeMachine): Promise<number> => runWords(['install-service'], machine);
const uninstall = (machine: FakeMachine): Promise<number> => runWords(['uninstall-service'], machine);
/** What it was told from now on, without the look at the version. */
const toldSince = (machine: FakeMachine, from = 0): string[] =>
  machine.told.slice(from).filter((line) => line !== 'systemctl --version');
/** Every file below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.each(['linux', 'darwin'] as const)('a service on %s', (platform) => {
  it('is written, started, and looked at', async () => {
    const machine = fakeMachine(platform);
    expect(await install(machine)).toBe(0);
    const file = fileOf(machine);
    expect(filesIn(machine.home)).toEqual([file]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(toldSince(machine)).toEqual(
      platform === 'linux'
        ? [
            'systemctl --user daemon-reload',
            'systemctl --user enable toaster.service',
            'systemctl --user restart toaster.service',
          ]
        : [
            'launchctl bootout gui/501/dev.toaster.proxy',
            'launchctl enable gui/501/dev.toaster.proxy',
            `launchctl bootstrap gui/501 ${file}`,
          ],
    );
    expect(machine.said[0]).toBe(`Wrote ${file}.`);
    expect(machine.said[1]).toMatch(/^Toaster answers on port 11436\. What it says: (journalctl|tail)/);
    expect(machine.said.join('\n').includes('loginctl enable-linger')).toBe(platform === 'linux');
  });

  it('that is there already is not started anew', async () => {
    const machine = fakeMachine(platform);
    await install(machine);
    const before = machine.told.length;
    expect(await install(machine)).toBe(0);
    expect(toldSince(machine, before)).toEqual(
      platform === 'linux'
        ? ['systemctl --user enable --now toaster.service']
        : [`launchctl bootstrap gui/501 ${fileOf(machine)}`, 'launchctl kickstart gui/501/dev.toaster.proxy'],
    );
    expect(machine.said.at(platform === 'linux' ? -3 : -2)).toBe(`${fileOf(machine)} is as it was.`);
  });

  it('takes over what is set now, with whole paths, and no secret', async () => {
    const machine = fakeMachine(platform, {
      ASK_PORT: '12345',
      ASK_CONFIG: 'my.yaml',
      ASK_API_KEY: 'sesame-sesame-sesame',
      ASK_URL: 'http://elsewhere',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=sesame',
      HOMEBREW_TOKEN: 'sesame',
    });
    await install(machine);
    const text = readFileSync(fileOf(machine), 'utf8');
    expect(text).toContain(join(process.cwd(), 'my.yaml'));
    for (const word of ['12345', 'XDG_DATA_HOME', '/opt/node 24/bin:']) expect(text).toContain(word);
    for (const word of ['sesame', 'ASK_URL', 'HOMEBREW']) expect(text).not.toContain(word);
    expect(machine.said.join('\n')).toContain('answers on port 12345');
  });

  it('is written anew when that has changed, and started anew', async () => {
    const machine = fakeMachine(platform);
    await install(machine);
    const before = machine.told.length;
    machine.env.ASK_PORT = '12345';
    await install(machine);
    expect(readFileSync(fileOf(machine), 'utf8')).toContain('12345');
    expect(toldSince(machine, before)).toHaveLength(3);
  });

  it('of somebody else is neither replaced nor removed', async () => {
    const machine = fakeMachine(platform);
    const file = fileOf(machine);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'mine');
    expect([await install(machine), await uninstall(machine)]).toEqual([1, 1]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(toldSince(machine)).toEqual([]);
    expect(machine.complained.join()).toContain('was not written by toaster, and is left alone');
  });

  it('is removed, and only that', async () => {
    const machine = fakeMachine(platform);
    await install(machine);
    const neighbour = join(dirname(fileOf(machine)), 'neighbour');
    writeFileSync(neighbour, '');
    const before = machine.told.length;
    expect(await uninstall(machine)).toBe(0);
    expect(filesIn(machine.home)).toEqual([neighbour]);
    expect(toldSince(machine, before)[0]).toBe(
      platform === 'linux'
        ? 'systemctl --user disable --now toaster.service'
        : 'launchctl bootout gui/501/dev.toaster.proxy',
    );
    expect(await uninstall(machine)).toBe(0);
    expect(machine.said.at(-1)).toContain('No service is installed');
  });

  it('is only shown with --print', async () => {
    const machine = fakeMachine(platform);
    expect(await runWords(['install-service', '--print'], machine)).toBe(0);
    expect(await runWords(['uninstall-service', '--print'], machine)).toBe(0);
    expect(filesIn(machine.home)).toEqual([]);
    expect(toldSince(machine)).toEqual([]);
    const shown = machine.said.join('\n');
    for (const word of [
      fileOf(machine),
      'start.cjs',
      platform === 'linux' ? 'restart' : 'bootstrap',
      '$ rm ',
    ])
      expect(shown).toContain(word);
  });

  it('leaves nothing behind where its manager cannot be reached, and says what to do', async () => {
    const machine = fakeMachine(platform, {}, (command) =>
      /daemon-reload|bootstrap/.test(command) ? { code: 1, output: 'Failed to connect to bus' } : null,
    );
    expect(await install(machine)).toBe(1);
    expect(filesIn(machine.home)).toEqual([]);
    expect(machine.complained.join('\n')).toMatch(/failed: Failed to connect to bus\n.*(log in)/);
  });

  it('is as it was where a change of it fails', async () => {
    let fails = false;
    const machine = fakeMachine(platform, {}, (command) =>
      fails && /restart|bootstrap/.test(command) ? { code: 1, output: 'no' } : null,
    );
    await install(machine);
    const before = readFileSync(fileOf(machine), 'utf8');
    machine.env.ASK_PORT = '12345';
    fails = true;
    expect(await install(machine)).toBe(1);
    expect(readFileSync(fileOf(machine), 'utf8')).toBe(before);
  });

  it('that does not answer in time is told, with where to look', async () => {
    const machine = { ...fakeMachine(platform), toasterOn: async () => null };
    expect(await install(machine)).toBe(0);
    expect(machine.complained.join()).toMatch(/does not answer on port 11436 yet; see (journalctl|tail)/);
  });

  it('is not taken for the Toaster that has its port', async () => {
    const machine = { ...fakeMachine(platform), toasterOn: async () => 4711 };
    expect(await install(machine)).toBe(0);
    expect(machine.complained.join()).toContain(
      'another Toaster (process 4711) has port 11436; the service takes',
    );
    expect(machine.said.join()).not.toContain('answers');
  });

  it('for other machines wants its key in a file', async () => {
    const machine = fakeMachine(platform, { ASK_HOST: '192.0.2.7', ASK_API_KEY: 'sesame-sesame-sesame' });
    expect(await install(machine)).toBe(1);
    expect(machine.complained.join('\n')).toMatch(
      /would not start: [\s\S]*api\.key[\s\S]*no place for secrets/,
    );
    expect(existsSync(fileOf(machine))).toBe(false);
    const key = join(machine.home, 'data', 'ask', 'api.key');
    mkdirSync(dirname(key), { recursive: true });
    writeFileSync(key, 'sesame-sesame-sesame', { mode: 0o600 });
    expect(await install(machine)).toBe(0);
  });
});

it('launchd is asked again while it still ends the old one', async () => {
  let left = 3;
  const machine = fakeMachine('darwin', {}, (command) =>
    command.includes('bootstrap') && left-- > 0
      ? { code: 5, output: 'Bootstrap failed: 5: Input/output error' }
      : null,
  );
  expect(await install(machine)).toBe(0);
  expect(machine.told.filter((line) => line.includes('bootstrap'))).toHaveLength(4);
});

it('systemd’s file for secrets may hold the key', async () => {
  const machine = fakeMachine('linux', { ASK_HOST: '192.0.2.7' });
  const secrets = join(machine.home, 'config', 'ask', 'service.env');
  mkdirSync(dirname(secrets), { recursive: true });
  writeFileSync(secrets, 'ASK_API_KEY=sesame-sesame-sesame\n');
  expect(await install(machine)).toBe(0);
  expect(readFileSync(fileOf(machine), 'utf8')).toContain(`EnvironmentFile=-${secrets}\n`);
});
