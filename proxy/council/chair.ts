import { isSeen } from '../chain/with-fallback.ts';
import type { ChatEvent, ChatRequest } from '../chat/types.ts';
import type { ApiError } from '../errors.ts';
import { chairmanMessages } from './chairman-messages.ts';
import type { Opinion } from './hear.ts';
import { noSynthesis, type Response } from './minutes.ts';
import type { CouncilTools, Seat } from './seat.ts';

/** The chairman has fallen away: what comes next is a member's answer as it was. */
interface Alone {
  type: 'alone';
}

/**
 * Has the chairman write the answer. Falls away who should, with every stand-in, or says nothing, the best single answer is
 * given instead, unless something of another was shown already or the client wants a shape that members were not asked for.
 */
export async function* chair(
  seat: Seat,
  request: ChatRequest,
  responses: readonly Response[],
  { now }: Pick<CouncilTools, 'now'>,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent | Alone> {
  const began = now();
  let writing = seat.model;
  const messages = chairmanMessages(
    request.messages,
    responses.map(({ text }) => text),
  );
  let failed = false;
  let shown = false;
  let said = false;
  for await (const event of seat.complete({ ...request, model: seat.model, messages }, signal)) {
    if (event.type === 'error' && !shown && canBeSingle(event.error, request)) {
      const { message: detail } = event.error;
      const seconds = (now() - began) / 1000;
      // Of a request that is itself at fault, as by its length, the chain has told no failure.
      if (!failed)
        yield { type: 'attempt', state: 'failed', model: seat.model, reason: 'unsupported', detail, seconds };
      yield* single(best(responses.map(({ opinion }) => opinion)), detail);
      return;
    }
    said ||= event.type === 'delta' && Boolean(event.text?.trim() || event.toolCalls);
    if (event.type === 'finish' && !said && !shown && hasSingle(request)) {
      const detail = `${writing} said nothing`;
      const seconds = (now() - began) / 1000;
      yield { type: 'attempt', state: 'failed', model: writing, reason: 'empty', detail, seconds };
      yield* single(best(responses.map(({ opinion }) => opinion)), `${detail}.`);
      return;
    }
    if (event.type === 'attempt' && event.state === 'started') writing = event.model;
    shown ||= isSeen(event, request);
    failed ||= event.type === 'attempt' && event.state === 'failed';
    // The chairman speaks for the council; somebody in the chairman's place is told by name.
    if (event.type === 'attempt' && event.state === 'started' && event.model === seat.model)
      yield { ...event, model: request.model };
    else yield event;
  }
}

function canBeSingle({ status, code }: ApiError, request: ChatRequest): boolean {
  const chairmansFault = status >= 500 || code === 'context_length_exceeded';
  return chairmansFault && hasSingle(request);
}

/** Whether a member's answer is of the kind that the client wants. */
function hasSingle({ strict, tools, format }: ChatRequest): boolean {
  return !strict && tools.length === 0 && format === undefined;
}

function* single({ text, servedBy, seat, cut }: Opinion, why: string): Generator<ChatEvent | Alone> {
  const model = servedBy ?? seat.model;
  yield { type: 'alone' };
  yield { type: 'note', text: `${noSynthesis(model)} ${why}` };
  yield { type: 'attempt', state: 'started', model };
  yield { type: 'delta', text: text.trim() };
  yield {
    type: 'finish',
    reason: cut ? 'length' : 'stop',
    usage: { promptTokens: null, completionTokens: null },
    loadS: null,
  };
}

/** Nobody judges what they say: a model's own answer goes before a stand-in's, and a whole one before one that was cut. */
function best(opinions: Opinion[]): Opinion {
  const flaws = ({ failed, cut }: Opinion): number => (failed.length > 0 ? 2 : 0) + (cut ? 1 : 0);
  const [first, ...others] = opinions;
  if (!first) throw new Error('A chairman was asked without any answer to read.');
  return others.reduce((found, one) => (flaws(one) < flaws(found) ? one : found), first);
}
