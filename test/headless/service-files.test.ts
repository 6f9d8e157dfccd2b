import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchdPlan } from '../../proxy/headless/launchd.ts';
import { serviceEnv } from '../../proxy/headless/service-env.ts';
import { NODE_FLAGS, type ServiceParts } from '../../proxy/headless/service-plan.ts';
import { stablePath } from '../../proxy/headless/stable-path.ts';
import { systemdPlan } from '../../proxy/headless/systemd.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** What quoting has to survive. */
const AWKWARD = `100% of $HOME "quoted" \\n <&> ünï`;

const parts = (further: Partial<ServiceParts> = {}): ServiceParts => ({
  home: '/home/me',
  uid: 501,
  node: process.execPath,
  program: '/srv/toaster/cli/start.cjs',
  env: { ASK_CONFIG: AWKWARD, PATH: '/usr/bin' },
  secretsFile: '/home/me/.config/ask/service.env',
  managerVersion: 252,
  ...further,
});
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

describe('the unit for systemd', () => {
  it('is one that systemd-analyze finds nothing wrong with', (context) => {
    if (!has('systemd-analyze')) return context.skip('there is no systemd-analyze here');
    const file = join(tempFolder(), 'toaster.service');
    writeFileSync(file, systemdPlan(parts()).text);
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: dirname(file) },
    });
    // Of other units on the machine it may have something to say.
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes('toaster'))).toEqual([]);
    expect(status).toBe(0);
  });

  it('quotes what systemd would read as something else', () => {
    const { text } = systemdPlan(parts({ program: '/a b/$c%d/start.cjs' }));
    expect(text).toContain('"/a b/$$c%%d/start.cjs"\n');
    expect(text).toContain(String.raw`Environment="ASK_CONFIG=100%% of $HOME \"quoted\" \\n <&> ünï"`);
  });

  it('waits longer from try to try where systemd can', () => {
    expect(systemdPlan(parts({ managerVersion: 254 })).text).toContain('\nRestartMaxDelaySec=120\n');
    expect(systemdPlan(parts()).text).not.toContain('RestartSteps');
  });

  it('gives answers under way their time, and lets the proxy end its engines', () => {
    const { text } = systemdPlan(parts());
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(15);
    expect(text).toMatch(/^KillMode=mixed$/m);
    expect(text).toMatch(/^OOMPolicy=continue$/m);
  });
});

describe('the agent for launchd', () => {
  it('is a property list that says what it should', (context) => {
    if (!has('python3')) return context.skip('there is no python3 here, which can read property lists');
    const { text } = launchdPlan(parts({ program: '/a <b>/$c&d/start.cjs' }));
    const read = spawnSync(
      'python3',
      ['-c', 'import json, plistlib, sys; json.dump(plistlib.loads(sys.stdin.buffer.read()), sys.stdout)'],
      { input: text, encoding: 'utf8' },
    );
    expect(read.stderr).toBe('');
    expect(JSON.parse(read.stdout)).toEqual({
      Label: 'dev.toaster.proxy',
      ProgramArguments: [process.execPath, ...NODE_FLAGS, '/a <b>/$c&d/start.cjs'],
      EnvironmentVariables: { ASK_CONFIG: AWKWARD, PATH: '/usr/bin' },
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ExitTimeOut: 20,
      ProcessType: 'Interactive',
      SoftResourceLimits: { NumberOfFiles: 8192 },
      Umask: 0o077,
      StandardOutPath: '/home/me/Library/Logs/Toaster/toaster.log',
      StandardErrorPath: '/home/me/Library/Logs/Toaster/toaster.log',
    });
  });
});

describe('the environment of a service', () => {
  it('leaves out what is empty, and finds node', () => {
    expect(
      serviceEnv({ ASK_PORT: '', ASK_HOST: undefined, PATH: '/home/me/bin' }, '/opt/n/bin/node'),
    ).toEqual({
      PATH: '/opt/n/bin:/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    });
  });
});

describe('a path', () => {
  it('of Homebrew’s is named so that it outlives an upgrade', () => {
    const prefix = tempFolder();
    const real = join(prefix, 'Cellar', 'node', '24.1.0', 'bin', 'node');
    mkdirSync(dirname(real), { recursive: true });
    writeFileSync(real, '');
    // Not the one in use: the path stays.
    expect(stablePath(real)).toBe(real);
    mkdirSync(join(prefix, 'opt'));
    symlinkSync('../Cellar/node/24.1.0', join(prefix, 'opt', 'node'));
    expect(stablePath(real)).toBe(join(prefix, 'opt', 'node', 'bin', 'node'));
    expect(stablePath('/usr/bin/node')).toBe('/usr/bin/node');
  });
});

it('starts Node as `toaster` and `npm start` do', () => {
  const flags = NODE_FLAGS.join(' ');
  expect(readFileSync('cli/toaster', 'utf8')).toContain(`exec "$node" ${flags} `);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect([scripts.start, scripts.serve]).toEqual([
    `node ${flags} build/start.ts`,
    `node ${flags} proxy/main.ts`,
  ]);
});
