import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ALL } from '../../../build/eval/questions/all.ts';
import { deal } from '../../../build/eval/questions/deal.ts';
import type { NamedQuestion } from '../../../build/eval/questions/question.ts';
import type { ChatBody } from '../../fake-ollama/answer.ts';
import { until } from '../../helpers/requests.ts';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';

/** The whole program against a whole Toaster, whose models know or do not know what the test wants. */

const MAIN = fileURLToPath(new URL('../../../build/eval/main.ts', import.meta.url));
const MODELS = `  council: { members: [{ model: fast-3b }, { model: fast-1b }], chairman: think-9b }
  panel: { members: [{ model: fast-1b }, { model: fast-1b }], chairman: fast-1b }
  fast-4b: { fallback: [] }
  fast-3b: { fallback: [] }
  fast-1b: { fallback: [] }`;
/** In the order in which they are asked. */
const QUESTIONS = deal(ALL, 1);

let toaster: TestToaster;
let file: string;
beforeEach(async () => {
  toaster = await startToaster({ models: MODELS, further: 'memory: { reserve_gb: 0, system_gb: 0 }' });
  file = join(toaster.folder, 'answers.jsonl');
  knows('llama3.2:3b', () => false);
  knows('llama3.2:1b', () => false);
  knows('qwen3.5:9b', () => true);
});
afterEach(() => toaster.end());

const answerTo = ({ right }: NamedQuestion): string => [right.value].flat().join(', ');
const asked = ({ messages }: ChatBody): string => (messages ?? []).map(({ content }) => content).join('\n');

/** From now on a model answers some questions right, `place` being their place among those that are asked. */
function knows(name: string, right: (place: number, body: ChatBody) => boolean): void {
  const reply = (body: ChatBody): string => {
    const place = QUESTIONS.findIndex(({ text }) => asked(body).includes(text));
    const question = QUESTIONS[place];
    return question && right(place, body) ? `Easy.\n**Answer:** ${answerTo(question)}` : 'Answer: who knows';
  };
  toaster.fake.set({ name, reply });
}

/** How often a model was asked, apart from the word before the first question. */
const questionsTo = (name: string): number =>
  toaster.fake.chats(name).filter(({ body }) => asked(body).includes('step by step')).length;

async function reload(models: string): Promise<void> {
  toaster.writeConfig(models);
  const response = await toaster.admin('POST', '/api/config/reload');
  expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
}

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

function evaluate(args: string[], env: Record<string, string> = {}, watch?: (interrupt: () => void) => void) {
  const child = spawn(process.execPath, [MAIN, '--json', file, ...args], {
    env: { PATH: process.env.PATH ?? '', ASK_URL: toaster.url, ...env },
  });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ran[name] += text;
    });
  watch?.(() => child.kill('SIGINT'));
  return new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ ...ran, code })));
}

const answers = (): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('npm run eval:council', () => {
  it('finds that a council helps, and that its chairman alone does as much', async () => {
    const { code, stdout, stderr } = await evaluate(['--questions', '8']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('single    fast-3b: llama-3b on ollama\n')]);
    expect(stderr).toMatch(/^8\/8 {2}\S+ {2}council: right, \d+\.\d s$/m);
    expect(stdout).toMatch(/^right \(95 % interval\) +fast-3b +council +think-9b \(chairman alone\)$/m);
    expect(stdout).toMatch(/^logic +0 of 2 \(0 to 66 %\) +2 of 2 \(34 to 100 %\) +2 of 2 \(34 to 100 %\)$/m);
    expect(stdout).toMatch(/^all +0 of 8 \(0 to 32 %\) +8 of 8 \(68 to 100 %\) +8 of 8 /m);
    expect(stdout).toContain(`council against fast-3b: 8 questions
  both right 0, only council 8, only fast-3b 0, neither 0
  difference +100.0 points, 95 % interval `);
    expect(stdout).toMatch(
      /exact p = 0\.008\n {2}council is better than fast-3b at these questions; council took /,
    );
    expect(stdout).toMatch(
      /council against think-9b, its chairman alone: 8 .*\n.*\n.*\n {2}No difference that 8 /,
    );
    expect(stdout).not.toMatch(/failed|degraded|no answer line/);
    expect(questionsTo('qwen3.5:9b')).toBe(16);
  });

  it('finds that a council harms, where the chairman spoils what the members know', async () => {
    knows('llama3.2:3b', () => true);
    // The chairman knows it alone, and not with the members' answers before it.
    knows('qwen3.5:9b', (_, body) => !asked(body).includes('Response A'));
    const { stdout } = await evaluate(['--questions', '7', '--no-chairman']);
    expect(stdout).toContain('both right 0, only council 0, only fast-3b 7, neither 0');
    expect(stdout).toContain('council is worse than fast-3b at these questions');
    expect(stdout).not.toContain('chairman');
    expect(questionsTo('qwen3.5:9b')).toBe(7);
  });

  it('names the models that it was told, and counts answers without their line as wrong', async () => {
    const hard = QUESTIONS[0]?.text ?? '';
    const reply = (body: ChatBody) =>
      asked(body).includes(hard) ? 'It is hard to say.' : 'Answer: nobody knows';
    toaster.fake.set({ name: 'llama3.2:1b', reply });
    const { stdout, stderr } = await evaluate([
      '--questions',
      '2',
      '--council',
      'panel',
      '--single',
      'think-9b',
    ]);
    expect(stderr).toContain(
      'council   panel: fast-1b (llama-1b on ollama) + fast-1b (llama-1b on ollama), chairman fast-1b',
    );
    expect(stdout).toMatch(/^no answer line +0 +1 +1$/m);
    expect(stdout).toContain('  both right 0, only panel 0, only think-9b 2, neither 0');
    expect(stdout).toContain(
      '  where both gave an answer line (1): both right 0, only panel 0, only think-9b 1, neither 0',
    );
    expect(stdout).toContain('No difference that 2 questions can show (so few cannot show any)');
  });

  it('neither looks into the cache nor fills it', async () => {
    await reload(MODELS.replace('fast-3b: {', 'fast-3b: { cache: true,'));
    await evaluate(['--questions', '1']);
    expect(toaster.log().every(({ cache_hit }) => cache_hit === false)).toBe(true);
    const again = await toaster.chat(
      String(toaster.fake.chats('llama3.2:3b').at(-1)?.body.messages?.[0]?.content),
      {
        model: 'fast-3b',
      },
    );
    expect(again.headers.get('x-cache')).toBe('miss');
  });
});

describe('what was not answered by whom it was asked', () => {
  const noLuck = { kind: 'status', status: 500, error: 'no luck' } as const;
  const args = ['--single', 'fast-4b', '--no-chairman', '--questions'];

  it('is shown apart and left out of the comparison; going on asks it again, and nothing else', async () => {
    knows('gemma3:4b', () => true);
    // The word before the first question, and the first question.
    toaster.fake.fault('gemma3:4b', noLuck, 2);
    toaster.fake.fault('llama3.2:1b', noLuck, 2);
    const { code, stdout, stderr } = await evaluate([...args, '3']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^1\/3 {2}\S+ {2}fast-4b: failed \(.*no luck.*\), \d/m);
    expect(stdout).toMatch(/^all +2 of 2 \(.*\) +2 of 2 \(.*\)$/m);
    expect(stdout).toMatch(/^degraded, not counted +0 +1$/m);
    expect(stdout).toMatch(/^failed, not counted +1 +0$/m);
    expect(stdout).toMatch(/^fast-4b, 1 not counted: .*no luck/m);
    expect(stdout).toContain(
      'council, 1 not counted: council -> council (lost=fast-1b:http_5xx): http_5xx\n',
    );
    expect(stdout).toContain(
      'council against fast-4b: 2 questions, 1 left out for what failed or was degraded\n',
    );
    expect(answers()).toHaveLength(6);

    const before = questionsTo('gemma3:4b');
    const { stdout: whole, stderr: now } = await evaluate([...args, '5']);
    expect(now).toContain('6 answers to ask for; each is kept in ');
    expect(questionsTo('gemma3:4b') - before).toBe(3);
    expect(whole).toMatch(/council against fast-4b: 5 questions\n {2}both right 5,/);
    expect(whole).not.toContain('not counted');

    const { stdout: same, stderr: done } = await evaluate([...args, '5']);
    expect([same, questionsTo('gemma3:4b') - before]).toEqual([whole, 3]);
    expect(done).toContain('All answers are in ');
  });

  it('is degraded when a smaller model stood in for the single one', async () => {
    await reload(MODELS.replace('fast-4b: { fallback: []', 'fast-4b: { fallback: [fast-3b]'));
    toaster.fake.fault('gemma3:4b', noLuck);
    const { stdout } = await evaluate([...args, '1']);
    expect(stdout).toContain('fast-4b, 1 not counted: fast-4b -> fast-3b: http_5xx\n');
    expect(stdout).toContain('nothing to compare yet, 1 left out');
  });
});

describe('nothing that was answered is lost', () => {
  /** Runs until a question to a model hangs, does something then, and runs on to the end. */
  const hanging = async (then: (interrupt: () => void) => unknown, on: TestToaster): Promise<Ran> => {
    // Two words and two questions are answered before: one as the chairman, one alone.
    let before = 4;
    on.fake.set({
      name: 'qwen3.5:9b',
      reply: () => {
        if (--before === 0) on.fake.fault('qwen3.5:9b', { kind: 'hang' });
        return 'Answer: who knows';
      },
    });
    return evaluate(['--questions', '3'], { ASK_URL: on.url }, (interrupt) => {
      void until(() => on.fake.chats('qwen3.5:9b').length === 5).then(() => then(interrupt));
    });
  };

  it('Ctrl-C shows what there is so far, and how to go on', async () => {
    const { code, stdout, stderr } = await hanging((interrupt) => interrupt(), toaster);
    expect(code).toBe(130);
    expect(stdout).toContain('council against fast-3b: 1 questions');
    expect(stderr).toContain(
      `Interrupted. To go on: npm run eval:council -- --single fast-3b --council council --questions 3 --seed 1 --json ${file}\n`,
    );
    // Toaster learns of it, too, and lets the model be.
    await until(() => toaster.fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
    toaster.fake.fault('qwen3.5:9b', null);
    const kept = answers().length;
    const { stdout: whole } = await evaluate(['--questions', '3']);
    expect([answers().length, kept < 9]).toEqual([9, true]);
    expect(whole).toContain('council against fast-3b: 3 questions');
  });

  it('so does a Toaster that goes away', async () => {
    const leaving = await startToaster({ models: MODELS });
    const { code, stdout, stderr } = await hanging(() => leaving.end(), leaving);
    expect(code).toBe(3);
    expect(stdout).toContain('council against fast-3b: 1 questions');
    expect(stderr).toMatch(/Toaster has gone away from http:.* To go on: npm run eval:council -- /);
  });

  it('a last line that was torn is asked again', async () => {
    const { stdout } = await evaluate(['--questions', '2']);
    const whole = readFileSync(file, 'utf8');
    appendFileSync(file, '{"question":"logic-1","mod');
    const { stdout: again } = await evaluate(['--questions', '2']);
    expect([again, readFileSync(file, 'utf8')]).toEqual([stdout, whole]);
  });

  it.each(['my notes', 'my notes\n', '{"a":1}\n', '[1'])('a file with %j is left as it is', async (text) => {
    writeFileSync(file, text);
    const { code, stderr } = await evaluate(['--questions', '1']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/holds something else than answers.* --json\.\n$/),
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('answers of another council of the same name are not taken for its own', async () => {
    await evaluate(['--questions', '1']);
    await reload(MODELS.replace('chairman: think-9b', 'chairman: fast-9b'));
    const { code, stderr } = await evaluate(['--questions', '1']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /has answers of council when it was .*, chairman think-9b \(.*\); now it is .*, chairman fast-9b \(/,
    );
  });
});

describe('what cannot be done is said', () => {
  it.each([
    [['--single', 'nobody'], 'There is no model "nobody". There are fast-9b, think-9b, '],
    [['--council', 'fast-3b'], 'There is no council "fast-3b". There are council, panel.'],
    [['--questions', '61'], '--questions 61 is not a whole number from 1 to 60.'],
    [['--seed', 'x'], '--seed x is not a whole number from 0 to '],
    [['--qestions', '3'], "Unknown option '--qestions'"],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await evaluate(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
    expect(existsSync(file)).toBe(false);
  });

  it('a file that cannot be read', async () => {
    const { code, stderr } = await evaluate(['--json', toaster.folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('EISDIR')]);
  });

  it('nobody listens, or somebody else', async () => {
    const stranger = createServer((_, res) => void res.end('{}'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void stranger.close());
    const taken = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    for (const env of [{ ASK_URL: taken }, { ASK_URL: '', ASK_PORT: '1' }]) {
      const { code, stderr } = await evaluate([], env);
      expect(code).toBe(3);
      expect(stderr).toMatch(/^There is no Toaster at http:\S+\. Start it in another terminal \(npm start\)/);
    }
  });

  it('--help says how, in lines of at most 120 characters', async () => {
    const { code, stdout } = await evaluate(['--help'], { ASK_URL: 'http://127.0.0.1:1' });
    expect([code, stdout]).toEqual([0, expect.stringContaining('--questions N')]);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
