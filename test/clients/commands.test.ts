import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/temp-folder.ts';
import { TINY } from '../tiny-gguf/write-tiny-gguf.ts';
import { expectDemoted, pairUp, startEmbedded } from './kit.ts';
import { fenced, fencedFor, place } from './page.ts';
import { run } from './run.ts';

/** Commands and configs in a page's words. */

const TOAST = TINY.toast.join(' ');
const SHIM = fileURLToPath(new URL('../../cli/ask', import.meta.url));

describe('curl', () => {
  it.each<[string, number, RegExp]>([
    ['an answer', 0, /"model":"tiny"/],
    ['a stream with its headers', 1, /X-Degraded: fast-9b -> tiny[\s\S]*data: \[DONE\]/],
    ['a council that may not be demoted', 2, /HTTP\/1\.1 503 /],
  ])('%s', async (_, nth, seen) => {
    const toaster = startEmbedded();
    const line = fencedFor(await toaster.listening(), 'curl', 'sh', nth);
    const { code, stdout } = await run('sh', ['-c', line], { cwd: tempFolder() });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(seen);
  });
});

describe('cron and launchd', () => {
  /** As cron starts it: next to nothing in the environment. `$HOME/.local/bin/ask` is there. */
  async function asCron(line: string): Promise<{ home: string; code: number | null; stderr: string }> {
    const toaster = startEmbedded();
    const home = tempFolder();
    mkdirSync(join(home, '.local', 'bin'), { recursive: true });
    symlinkSync(SHIM, join(home, '.local', 'bin', 'ask'));
    const env = { HOME: home, PATH: '/usr/bin:/bin', ASK_URL: await toaster.listening(), SHELL: '/bin/sh' };
    const { code, stderr } = await run('/bin/sh', ['-c', line], { cwd: home, env });
    return { home, code, stderr };
  }

  it('the line of the crontab', async () => {
    const { home, code, stderr } = await asCron(fenced('cron', 'crontab').replace(/^(\S+ ){5}/, ''));
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(home, 'toast.txt'), 'utf8')).toBe(`${TOAST}\n`);
    expect(stderr).toMatch(/^\[degraded: fast-3b → tiny\] connection/);
  });

  it('the command of the agent', async () => {
    const words = [...fenced('cron', 'xml').matchAll(/<string>([^<]*)<\/string>/g)].map(([, text = '']) =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    );
    expect(words.slice(0, 3)).toEqual(['toast', '/bin/sh', '-c']);
    const { home, code } = await asCron(words[3] ?? '');
    expect(code).toBe(0);
    expect(readFileSync(join(home, 'toast.txt'), 'utf8')).toBe(`${TOAST}\n`);
    expect(readFileSync(join(home, 'toast.err'), 'utf8')).toContain('[degraded: fast-3b → tiny]');
  });
});

it('llm, with the models and the key of its page', async (ctx) => {
  const { url, toaster, env, home } = await pairUp(ctx, 'llm');
  const config = { ...env, LLM_USER_PATH: home };
  place(home, 'extra-openai-models.yaml', fencedFor(url, 'llm', 'yaml'));
  const key = await run('sh', ['-c', fenced('llm', 'sh')], { cwd: home, env: config });
  expect(key.code, key.stderr).toBe(0);
  const { code, stdout, stderr } = await run('llm', ['-m', 'toast', 'Say toast'], { cwd: home, env: config });
  expect(code, stderr).toBe(0);
  expect(stdout.trim()).toBe(TOAST);
  expectDemoted(toaster);
});

it('Continue, with the config of its page', async (ctx) => {
  const { url, toaster, env, home } = await pairUp(ctx, 'continue');
  place(home, 'config.yaml', fencedFor(url, 'continue', 'yaml'));
  const { code, stdout, stderr } = await run('cn', ['-p', '--config', 'config.yaml', 'Say toast'], {
    cwd: home,
    env: { ...env, CONTINUE_TELEMETRY_ENABLED: '0' },
  });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(TOAST);
  expectDemoted(toaster);
});

it('OpenCode, with the config of its page: the answer, and a title by the small model', async (ctx) => {
  const { url, toaster, env, home } = await pairUp(ctx, 'opencode');
  place(home, '.config/opencode/opencode.json', fencedFor(url, 'opencode', 'json'));
  const { code, stdout, stderr } = await run('opencode', ['run', '--agent', 'toast', 'Say toast'], {
    cwd: home,
    env: { ...env, OPENCODE_DISABLE_MODELS_FETCH: '1' },
    limitMs: 300_000,
  });
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\w/);
  expectDemoted(toaster);
  expectDemoted(toaster, 'fast-3b');
});
