import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster({
    models: '  council: { members: [{ model: fast-3b }, { model: fast-1b }], chairman: think-9b }',
    further: 'memory: { reserve_gb: 0, system_gb: 0 }',
  });
  toaster.fake.set({ name: 'llama3.2:3b', reply: 'warm\u001b[2J' });
  toaster.fake.set({ name: 'llama3.2:1b', reply: 'brown' });
  toaster.fake.set({ name: 'qwen3.5:9b', reply: 'both' });
});
afterAll(() => toaster.end());

function ask(args: string[], fields: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams([
    ...args.map((arg): [string, string] => ['a', arg]),
    ...Object.entries(fields),
  ]);
  return fetch(`${toaster.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body });
}

/** What comes over the stream for stderr; `live` where that is a terminal. */
async function stderrOf(kind: 'live' | 'stream', args: string[]): Promise<string> {
  const id = `${kind}${args.join('')}`;
  const stream = await fetch(`${toaster.url}/ask/${id}/stderr`, { headers: { 'x-ask': '1' } });
  const [answer, text] = await Promise.all([ask(args, { [kind]: id }), stream.text()]);
  await answer.text();
  return text;
}
const notes = (response: Response) =>
  Buffer.from(response.headers.get('x-note') ?? '', 'latin1').toString('utf8');

describe('ask --council', () => {
  it('shows its stages in one line of a terminal, and nothing in a pipe', async () => {
    await (await ask(['--think', 'warm up'])).text();
    const text = await stderrOf('live', ['--council', 'x']);
    const stages = text.split('\r\u001b[K').map((line) => line.replace(/, \d+ s$/, ''));
    expect(stages.filter((line, i) => line !== stages[i - 1])).toEqual([
      '',
      'members 0/2',
      'members 1/2',
      'members 2/2',
      'chairman',
      '',
    ]);
    expect(text).not.toContain('\n');
    expect(await stderrOf('stream', ['--council', 'y'])).toBe('');
    expect(notes(await ask(['--council', 'z']))).toBe('');
  });

  it('--show has the answers under their letters, harmless, before it is known who they are', async () => {
    const text = await stderrOf('stream', ['--council', '--show', 'x']);
    expect(text.match(/--- Response [AB] ---\n(warm␛\[2J|brown)\n\n/g)).toHaveLength(2);
    expect(text).not.toContain('fast-');
  });

  it('--show on a terminal leaves nothing of the line of what goes on', async () => {
    const lines = (await stderrOf('live', ['--council', '--show', 'w'])).split('\n');
    expect(lines.some((line) => line.includes('members'))).toBe(true);
    // What stands on a line is what came after it was last taken away.
    const screen = lines.map((line) => line.split('\r\u001b[K').at(-1));
    expect(screen.filter(Boolean).sort()).toEqual([
      '--- Response A ---',
      '--- Response B ---',
      'brown',
      'warm␛[2J',
    ]);
  });

  it('--show reaches a reader who comes when the answer stands, as from a slow machine', async () => {
    const lines = toaster.log().length;
    const answer = ask(['--council', '--show', 'late'], { stream: 'late' });
    await until(() => toaster.log().length > lines);
    const stream = await fetch(`${toaster.url}/ask/late/stderr`, { headers: { 'x-ask': '1' } });
    expect((await stream.text()).match(/--- Response [AB] ---/g)).toHaveLength(2);
    expect(await (await answer).text()).toBe('both\n');
  });

  it('has no line of what went on for who comes when that is over', async () => {
    const lines = toaster.log().length;
    const answer = ask(['--council', 'late'], { live: 'over' });
    await until(() => toaster.log().length > lines);
    const stream = await fetch(`${toaster.url}/ask/over/stderr`, { headers: { 'x-ask': '1' } });
    expect(await stream.text()).toBe('');
    expect(await (await answer).text()).toBe('both\n');
  });

  it('--show goes with a council alone', async () => {
    const response = await ask(['--9b', '--show', 'x']);
    expect(response.headers.get('x-exit')).toBe('2');
    expect(notes(response)).toBe('ask: --show goes with a council: ask --council --show.');
  });

  it('--json has it all', async () => {
    const receipt = await jsonOf(await ask(['--council', '--json', 'x']));
    expect(receipt).toMatchObject({
      text: 'both',
      served_by: 'council',
      council: { chairman: 'think-9b', synthesis: true },
    });
    const { members } = receipt.council;
    expect(members.map(({ letter }: { letter: string }) => letter)).toEqual(['A', 'B']);
    expect(members.map(({ text }: { text: string }) => text).sort()).toEqual(['brown', 'warm\u001b[2J']);
  });

  it('says what it is short of, above the answer', async () => {
    toaster.fake.fault('llama3.2:1b', { kind: 'status', status: 400, error: 'no luck' }, 1);
    const response = await ask(['--council', 'x']);
    expect(notes(response)).toMatch(/^\[degraded: council: lost a member, fast-1b\] unsupported: .*no luck/);
  });

  it('--show without a stream for stderr is refused before anybody is asked, and --json does without', async () => {
    const before = toaster.fake.seen.length;
    const response = await ask(['--council', '--show', 'x']);
    expect([response.headers.get('x-exit'), await response.text()]).toEqual(['2', '']);
    expect(notes(response)).toMatch(/^ask: --show needs a stream for stderr: .* --json has members' answers/);
    expect(toaster.fake.seen).toHaveLength(before);
    const { council } = await jsonOf(await ask(['--council', '--show', '--json', 'x']));
    expect(council.members[1].text).toMatch(/warm|brown/);
  });

  it('marks a single answer as no synthesis, above it and also where only stdout is read', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    toaster.fake.fault('llama3.2:3b', { kind: 'status', status: 500 });
    toaster.writeConfig(
      '  council: { members: [{ model: fast-1b }, { model: fast-1b }], chairman: think-9b }\n  think-9b: { fallback: [fast-3b] }',
    );
    await toaster.admin('POST', '/api/config/reload');
    const response = await ask(['--council', 'x']);
    expect(notes(response)).toMatch(
      /^\[no synthesis: the chairman fell away, this is one member's answer, fast-1b's\] .*\[degraded: council → fast-1b\]/,
    );
    const mark = "[no synthesis: the chairman fell away, this is one member's answer, fast-1b's]";
    expect(await response.text()).toBe(`${mark}\n\nbrown\n`);
    const { text, council } = await jsonOf(await ask(['--council', '--json', 'x']));
    expect([text, council.synthesis]).toEqual(['brown', false]);
  });

  it('has that mark on a screen once, from stderr', async () => {
    const id = 'screen';
    const stream = await fetch(`${toaster.url}/ask/${id}/stderr`, { headers: { 'x-ask': '1' } });
    const answer = await ask(['--council', 'x'], { live: id, terminal: '1' });
    expect(await answer.text()).toBe('brown\n');
    expect(await stream.text()).toMatch(/\[no synthesis: .*fast-1b's\] No model could answer for think-9b/);
    // stderr goes elsewhere, and somebody sits in front of stdout.
    expect(await (await ask(['--council', 'x'], { terminal: '1' })).text()).toMatch(/^\[no synthesis: /);
  });
});
