import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startToaster } from '../helpers/toaster.ts';

/**
 * Runs a real Claude Code against a whole proxy on this machine: `CLAUDE_BIN=.../claude node test/clients/claude-code.ts`.
 * It prints what was asked and said, and exits with 1 when that was not what it should be. Nothing leaves the machine.
 */

const claude = process.env.CLAUDE_BIN ?? 'claude';
const toaster = await startToaster({ models: '  bread: { weights: qwen-one }' });
const home = mkdtempSync(join(tmpdir(), 'claude-code-'));

/** One run of `claude -p`, with a home of its own. */
async function run(env: Record<string, string>, ...words: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(claude, ['-p', '--no-session-persistence', ...words], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      ANTHROPIC_BASE_URL: toaster.url,
      ANTHROPIC_AUTH_TOKEN: 'toaster',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...env,
    },
  });
  const [said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code =
    child.exitCode ??
    (await new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? 1))));
  return { code, said: said.trim() };
}

function expectThat(holds: boolean, what: string): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
}

try {
  const small = await run(
    { ANTHROPIC_MODEL: 'bread' },
    ...['--tools', '', '--system-prompt', 'Short.', 'What do you know?'],
  );
  expectThat(small.said === 'I only know toast.', `the embedded engine answers: ${small.said}`);

  const bash = { command: 'printf toasted', description: 'Toasts' };
  toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [{ name: 'Bash', arguments: bash }], reply: 'Done.' });
  const turn = run({ ANTHROPIC_MODEL: 'fast-9b' }, '--allowedTools', 'Bash', '--', 'Toast it.');
  const asked = () => toaster.fake.chats('qwen3.5:9b');
  const stopped = turn.then(() => true);
  while (asked().length === 0 && !(await Promise.race([stopped, pause()])));
  // The second time it has what it wanted.
  toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [], reply: 'Done.' });
  const { said } = await turn;
  const result = asked()
    .at(-1)
    ?.body.messages?.find(({ role }) => role === 'tool')?.content;
  expectThat(result === 'toasted', `a tool was called, and its result came back: ${result}`);
  expectThat(said === 'Done.', `and the turn ended: ${said}`);

  const unknown = await run({ ANTHROPIC_MODEL: 'nope' }, 'hi');
  expectThat(unknown.code !== 0, `a model that is not there: ${unknown.said}`);

  toaster.fake.fault('qwen3.5:9b', { kind: 'reset' });
  const demoted = await run({ ANTHROPIC_MODEL: 'fast-9b' }, '--output-format', 'json', 'hi');
  const served = Object.keys(JSON.parse(demoted.said).modelUsage ?? {});
  console.log(`     demoted: the log has ${toaster.log().at(-1)?.served_by}, Claude Code counts ${served}`);
} finally {
  await toaster.end();
  rmSync(home, { recursive: true, force: true });
}

function pause(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, 20, false));
}
