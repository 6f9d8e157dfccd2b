import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TINY_WEIGHTS } from '../../proxy/config/tiny-weights.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { chairmanMessages } from '../../proxy/council/chairman-messages.ts';
import { pathsFrom } from '../../proxy/paths.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { startProgram, TOASTER } from './processes.ts';

/**
 * A council's wall time over that of its slowest member and its chairman, each asked alone: 1 when the members cost no
 * more time than the slowest of them.
 */

const TOKENS = 24;
const TOKEN_MS = 20;
const SEATS = { fake: 'fast-9b', embedded: 'tiny' };
type Engine = keyof typeof SEATS;

interface Round {
  /** Milliseconds: of the council, and of a member and a chairman that were asked alone with as much to read. */
  council: number;
  alone: number;
  /** How many members were seen to answer at the same moment. */
  atOnce: number;
}

interface Message {
  role: string;
  text: string;
}

/** Longer than the limit of tokens, for a fake that echoes, and new from its first word on: no prompt cache helps. */
const question = (n: number): string =>
  `Number ${n}: tell a long story about toast. ${'Be very slow about it. '.repeat(TOKENS / 4)}`;

/** Rows for the table; the embedded engine's only where the real model has been fetched. `data` is a folder for it all. */
export async function councilRows(data: string) {
  const slow = ['--models', 'fast:9b', '--token-ms', String(TOKEN_MS)];
  const fake = await startProgram(['test/fake-ollama/main.ts', '--port', '0', ...slow]);
  const { models } = pathsFrom(process.env);
  const folder = join(data, 'council');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), configOf(fake.url));
  const env = { ASK_PORT: '0', ASK_CONFIG: join(folder, 'config.yaml'), ASK_DATA_DIR: folder };
  const { url } = await startProgram(TOASTER, { ...env, ASK_MODEL_DIR: models });
  const real = TINY_WEIGHTS.file !== undefined && existsSync(join(models, TINY_WEIGHTS.file));
  return [
    await row(url, 'fake', 'a council over its slowest member and its chairman', 1.05),
    // Members that share a CPU are slower than one alone, so this one has no aim.
    ...(real ? [await row(url, 'embedded', 'the same on the embedded engine and this CPU', null)] : []),
  ];
}

const configOf = (ollama: string): string => `
runtimes: { ollama: { url: "${ollama}" } }
memory: { reserve_gb: 0, system_gb: 0 }
weights: { qwen-9b: { name: "fast:9b" } }
models:
${Object.entries(SEATS)
  .map(
    ([engine, model]) =>
      `  ${engine}: { members: [{ model: ${model} }, { model: ${model} }], chairman: ${model} }`,
  )
  .join('\n')}
`;

async function row(url: string, engine: Engine, what: string, aim: number | null) {
  const rounds: Round[] = [];
  // The first one loads, and lets Toaster see whether members are answered at once.
  for (let n = -1; n < 7; n++) {
    const round = await once(url, engine, 1000 + 3 * n);
    if (n >= 0) rounds.push(round);
  }
  const median = (of: (round: Round) => number) => percentile(rounds.map(of), 0.5);
  const [council, alone] = [median((round) => round.council), median((round) => round.alone)];
  return {
    what,
    measured: `${council.toFixed(0)} ms to ${alone.toFixed(0)} ms, ${median(({ atOnce }) => atOnce)} at once`,
    value: median((round) => round.council / round.alone),
    aim,
  };
}

async function once(url: string, engine: Engine, n: number): Promise<Round> {
  const form = new URLSearchParams({ v: '1' });
  const words = ['--model', engine, '--max-tokens', String(TOKENS), '--json', question(n)];
  for (const word of words) form.append('a', word);
  const [council, receipt] = await timed<Receipt>(`${url}/ask`, { headers: { 'X-Ask': '1' }, body: form });
  const texts = (receipt.council?.members ?? []).map(({ text }) => text ?? '');
  const asked = (text: string): Message[] => [{ role: 'user', text }];
  const member = await aloneMs(url, engine, asked(question(n + 1)));
  const chairman = await aloneMs(
    url,
    engine,
    chairmanMessages([{ role: 'user', text: question(n + 2) }], texts),
  );
  return { council, alone: member + chairman, atOnce: receipt.council?.at_once ?? 0 };
}

async function aloneMs(url: string, engine: Engine, messages: Message[]): Promise<number> {
  const body = {
    model: SEATS[engine],
    max_tokens: TOKENS,
    messages: messages.map(({ role, text }) => ({ role, content: text })),
  };
  const [ms] = await timed(`${url}/v1/chat/completions`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ms;
}

async function timed<T>(url: string, init: RequestInit): Promise<[ms: number, json: T]> {
  const began = performance.now();
  const response = await fetch(url, { method: 'POST', ...init });
  const json = await response.json();
  if (!response.ok) throw new Error(`${url} said ${response.status}: ${JSON.stringify(json)}`);
  return [performance.now() - began, json as T];
}
