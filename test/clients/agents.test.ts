import { join } from 'node:path';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { until } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { install } from './install.ts';
import { fenced, fencedFor, place } from './page.ts';
import { run } from './run.ts';
import type { Client } from './versions.ts';

/** Agents, with the settings of their pages, on a stand-in for Ollama whose answers are made up: what a turn is made of. */

const MODEL = 'qwen3.5:9b';
const LIMIT_MS = 120_000;
const EXEC = ['exec', '--skip-git-repo-check', 'Say toast'];

interface Agent {
  toaster: TestToaster;
  env: Record<string, string>;
  home: string;
}

async function meet(ctx: TestContext, client: Client, weights = ''): Promise<Agent> {
  const found = await install(client);
  if ('why' in found) return ctx.skip(found.why);
  const toaster = await startToaster({ models: '  bread: { weights: qwen-one }', weights });
  onTestFinished(() => toaster.end());
  const home = tempFolder();
  const path = `${join(found.folder, 'node_modules', '.bin')}:${process.env.PATH}`;
  return { toaster, home, env: { PATH: path, HOME: home } };
}

/** The model calls a tool the first time that it is asked, and then has what it wanted. */
async function callOnce({ fake }: TestToaster, name: string, args: Record<string, string>): Promise<void> {
  fake.set({ name: MODEL, thinking: 'let me see', toolCalls: [{ name, arguments: args }], reply: 'Done.' });
  await until(() => fake.chats(MODEL).length > 0);
  fake.set({ name: MODEL, toolCalls: [], reply: 'Done.' });
}

/** What the tool said, as it came back to the model. */
const resultIn = ({ fake }: TestToaster): unknown =>
  fake
    .chats(MODEL)
    .at(-1)
    ?.body.messages?.find(({ role }) => role === 'tool')?.content;

/** The variables that a page has in its shell. */
const exportsOf = (shell: string): Record<string, string> =>
  Object.fromEntries(
    [...shell.matchAll(/^export (\w+)=(\S+)/gm)].map(([, name = '', value = '']) => [name, value]),
  );

it('Claude Code: an answer, a tool, a model that is not there, a demotion', async (ctx) => {
  const { toaster, env, home } = await meet(ctx, 'claude-code');
  const settings = {
    ...env,
    ...exportsOf(fencedFor(toaster.url, 'claude-code', 'sh')),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  const ask = (model: string, ...words: string[]) =>
    run('claude', ['-p', '--no-session-persistence', ...words], {
      cwd: home,
      env: { ...settings, ANTHROPIC_MODEL: model },
      limitMs: LIMIT_MS,
    });
  const small = await ask('bread', '--tools', '', '--system-prompt', 'Short.', 'What do you know?');
  expect(small.stdout.trim(), small.stderr).toBe('I only know toast.');
  const [turn] = await Promise.all([
    ask('fast-9b', '--allowedTools', 'Bash', '--', 'Toast it.'),
    callOnce(toaster, 'Bash', { command: 'printf toasted', description: 'Toasts' }),
  ]);
  expect([resultIn(toaster), turn.stdout.trim()]).toEqual(['toasted', 'Done.']);
  const unknown = await ask('nope', 'hi');
  expect([unknown.code === 0, unknown.stdout]).toEqual([false, expect.stringContaining('nope')]);
  toaster.fake.fault(MODEL, { kind: 'reset' });
  expect((await ask('fast-9b', 'hi')).code).toBe(0);
  expect(toaster.log().at(-1)).toMatchObject({ model: 'fast-9b', demoted: true });
});

it('Codex: thoughts, a command and its result', async (ctx) => {
  const wide = fenced('codex', 'yaml')
    .replace(/^weights: \{ (.*) \}$/m, '  $1')
    .trimEnd();
  const { toaster, env, home } = await meet(ctx, 'codex', wide);
  place(home, '.codex/config.toml', fencedFor(toaster.url, 'codex', 'toml'));
  const [turn] = await Promise.all([
    run('codex', EXEC, { cwd: home, env, limitMs: LIMIT_MS }),
    callOnce(toaster, 'exec_command', { cmd: 'printf toasted' }),
  ]);
  expect(turn.code, turn.stderr).toBe(0);
  expect(resultIn(toaster)).toContain('toasted');
  expect(turn.stdout).toContain('Done.');
});

it('Codex: an answer that breaks off is asked for again', async (ctx) => {
  const { toaster, env, home } = await meet(ctx, 'codex');
  place(home, '.codex/config.toml', fencedFor(toaster.url, 'codex', 'toml'));
  toaster.fake.fault(MODEL, { kind: 'error-in-stream', after: 1 });
  const turn = await run('codex', EXEC, { cwd: home, env, limitMs: LIMIT_MS });
  expect(turn.code, turn.stderr).toBe(0);
  expect(turn.stderr).toContain('Reconnecting... 3/5');
  // Three times in vain; then the model rests, and another one answers.
  expect(toaster.log().map(({ exit_code, demoted }) => [exit_code, demoted])).toEqual([
    [5, false],
    [5, false],
    [5, false],
    [0, true],
  ]);
});
