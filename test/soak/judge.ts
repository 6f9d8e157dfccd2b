import { script } from '../fake-ollama/answer.ts';
import { fakeModel } from '../fake-ollama/models.ts';
import { TINY } from '../tiny-gguf/write-tiny-gguf.ts';
import type { Heard } from './client.ts';
import { COUNCIL, MODELS, type Planned } from './plan.ts';

/** How a request ended, in the client's eyes. */
export type Outcome = 'answered' | 'broke off' | 'failed' | 'left';

export interface Verdict {
  outcome: Outcome;
  /** Who answered, as far as the client was told. */
  servedBy: string | null;
  finish: string | null;
  text: string;
}

/** What the client saw is not what it should have. */
export class Wrong extends Error {}

/** What a client makes of what it heard. Throws `Wrong` where that is not the truth, or not well-formed. */
export function judge(planned: Planned, heard: Heard): Verdict {
  if (heard.over === 'hung') throw new Wrong('it was never over');
  if (heard.over === 'cut') throw new Wrong('the connection was cut');
  const read = readerOf(planned, heard)(heard);
  const servedBy = stringOr(heard.headers['x-served-by']);
  const text = servedBy === 'tiny' ? read.text.trimStart() : read.text;
  if (servedBy === null && text !== '') throw new Wrong('an answer of nobody');
  const told = { servedBy, text, finish: read.finish };
  if (planned.model !== COUNCIL) checkText(planned, told, heard);
  if (heard.over === 'left') return { ...told, outcome: 'left' };
  if (read.error !== null) {
    if (read.finish !== null) throw new Wrong(`${read.error}, and yet a finish: ${read.finish}`);
    return { ...told, outcome: text === '' ? 'failed' : 'broke off' };
  }
  if (read.finish === null) throw new Wrong('neither a finish nor an error');
  if (planned.model !== COUNCIL) checkFinish(planned, told);
  return { ...told, outcome: 'answered' };
}

type Told = Omit<Verdict, 'outcome'>;

/** What was said was said by whoever is named, and it is named when that is another than was asked. */
function checkText(planned: Planned, { servedBy, text }: Told, { status, headers }: Heard): void {
  if (!wholeAnswer(planned, servedBy).text.startsWith(text))
    throw new Wrong(`no answer of ${servedBy}: ${JSON.stringify(text)}`);
  const demoted = servedBy !== null && servedBy !== planned.model;
  if (planned.strict && demoted)
    throw new Wrong(`${servedBy} answered, and none but ${planned.model} was to`);
  if (status === 200 && demoted !== (headers['x-degraded'] !== undefined))
    throw new Wrong(`X-Degraded is ${headers['x-degraded']}, and ${servedBy} answered`);
}

function checkFinish(planned: Planned, { servedBy, text, finish }: Told): void {
  const whole = wholeAnswer(planned, servedBy);
  // How many tokens the embedded engine makes of its sentence is not known here.
  const limited = servedBy === 'tiny' && planned.maxTokens !== null;
  if (limited && planned.door === 'api' && text !== whole.text && finish !== 'length')
    throw new Wrong(`finish_reason is ${finish} after ${JSON.stringify(text)}`);
  if (limited) return;
  if (text !== whole.text) throw new Wrong(`a cut answer was called complete: ${JSON.stringify(text)}`);
  if (planned.door === 'api' && finish !== whole.finish)
    throw new Wrong(`finish_reason is ${finish}, and should be ${whole.finish}`);
}

/** What a model says when nothing goes wrong. */
function wholeAnswer(
  { text, maxTokens }: Planned,
  servedBy: string | null,
): { text: string; finish: string } {
  const name = MODELS[servedBy ?? ''];
  if (name === undefined) return { text: '', finish: '' };
  if (name === null) return { text: TINY.other.join(' '), finish: 'stop' };
  const { tokens, doneReason } = script(fakeModel({ name }), {
    messages: [{ role: 'user', content: text }],
    options: { num_predict: maxTokens ?? -1 },
  });
  return { text: tokens.join(''), finish: doneReason };
}

interface Read {
  text: string;
  finish: string | null;
  /** Its code. */
  error: string | null;
}

function readerOf(planned: Planned, heard: Heard): (heard: Heard) => Read {
  if (heard.status === null) return () => ({ text: '', finish: null, error: null });
  if (planned.door === 'ask') return readAsk;
  if (heard.headers['content-type']?.startsWith('text/event-stream')) return readEvents;
  return readJson;
}

/** What stands above one member's answer, and is none of its words. */
const NO_SYNTHESIS = /^\[no synthesis: [^\n]*\]\n\n/;

/** The last exit code counts, as for the shim. */
function readAsk({ status, headers, trailers, body, over }: Heard): Read {
  const exit = stringOr(trailers['x-exit']) ?? stringOr(headers['x-exit']);
  const text = body.replace(NO_SYNTHESIS, '').replace(/\n$/, '');
  const alone = stringOr(headers['x-council'])?.includes('synthesis=no') === true;
  if (body !== '' && NO_SYNTHESIS.test(body) !== alone)
    throw new Wrong(`the headers say ${alone ? 'no ' : ''}synthesis, and stdout does not`);
  if (over === 'left') return { text, finish: null, error: null };
  if (exit === null) throw new Wrong('no exit code');
  if (status === 200 && body !== '' && !body.endsWith('\n')) throw new Wrong('no newline at the end');
  return exit === '0'
    ? { text, finish: 'exit 0', error: null }
    : { text, finish: null, error: checked(`exit ${exit}`) };
}

function readJson({ status, body, over, headers }: Heard): Read {
  if (over === 'left') return { text: '', finish: null, error: null };
  const json = parsed(body);
  if (status !== 200) return { text: '', finish: null, error: checked(json.error?.code) };
  const [choice] = json.choices ?? [];
  if (json.model !== headers['x-served-by']) throw new Wrong(`model is ${json.model}`);
  return { text: choice?.message?.content ?? '', finish: choice?.finish_reason ?? null, error: null };
}

function readEvents({ body, over }: Heard): Read {
  const read: Read = { text: '', finish: null, error: null };
  const events = body.split('\n\n');
  const rest = events.pop() ?? '';
  if (rest !== '' && over === 'end') throw new Wrong(`half an event: ${rest}`);
  let done = false;
  for (const event of events) {
    if (done || read.error !== null) throw new Wrong(`something after the end: ${event}`);
    if (event === 'data: [DONE]') {
      done = true;
      continue;
    }
    const json = parsed(event.replace(/^data: /, ''));
    const [choice] = json.choices ?? [];
    if (read.finish !== null) throw new Wrong(`something after the finish: ${event}`);
    read.text += choice?.delta?.content ?? '';
    read.finish = choice?.finish_reason ?? null;
    if (json.error !== undefined) read.error = checked(json.error.code);
  }
  if (over === 'end' && done !== (read.finish !== null))
    throw new Wrong('[DONE] and the finish do not go together');
  return read;
}

/** What may go wrong when a runtime is in trouble; anything else is trouble of Toaster's own. */
const HONEST = ['chain_failed', 'would_be_demoted', 'broke_off', 'timeout', 'exit 4', 'exit 5', 'exit 6'];

function checked(code: string | undefined): string {
  if (code === undefined || !HONEST.includes(code)) throw new Wrong(`the error is ${code}`);
  return code;
}

// biome-ignore lint/suspicious/noExplicitAny: what an answer looks like is what is found out
function parsed(json: string): any {
  try {
    return JSON.parse(json);
  } catch {
    throw new Wrong(`no JSON: ${json.slice(0, 200)}`);
  }
}

const stringOr = (header: string | string[] | undefined): string | null =>
  typeof header === 'string' ? header : null;
