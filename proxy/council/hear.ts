import type { AttemptFailed, ChatRequest, Usage } from '../chat/types.ts';
import type { Reason } from '../contract.ts';
import { ApiError } from '../errors.ts';
import type { Span } from './concurrency.ts';
import type { Seat } from './seat.ts';

/** What a member said, and what became of it. */
export interface Opinion {
  seat: Seat;
  servedBy: string | null;
  text: string;
  /** The answer reached a limit, and has no end. */
  cut: boolean;
  usage: Usage;
  /** Links of the member's chain that failed before. */
  failed: AttemptFailed[];
  /** Why there is no answer. */
  error: ApiError | null;
  /** What the person should be told, in lines. */
  notes: string[];
  /** From the first piece of text to the last; null when there was none. */
  writing: Span | null;
  /** It came while the weights were being loaded. */
  cold: boolean;
  /** From the question on. */
  seconds: number;
}

/** Asks one member, and hears it to its end. What it thought on the way stays its own. */
export async function hear(
  seat: Seat,
  request: ChatRequest,
  signal: AbortSignal,
  now: () => number,
): Promise<Opinion> {
  const began = now();
  const opinion: Opinion = {
    seat,
    servedBy: null,
    text: '',
    cut: false,
    usage: { promptTokens: null, completionTokens: null },
    failed: [],
    error: null,
    notes: [],
    writing: null,
    cold: false,
    seconds: 0,
  };
  for await (const event of seat.complete(request, signal)) {
    if (event.type === 'delta') {
      opinion.text += event.text ?? '';
      opinion.writing ??= { from: now(), to: now() };
      // Not at the finish: on a busy machine that is dealt with when the next answer's first token is here, too.
      opinion.writing.to = now();
    } else if (event.type === 'finish' || event.type === 'error') {
      if (event.type === 'error') opinion.error = event.error;
      else Object.assign(opinion, { usage: event.usage, cut: event.reason === 'length' });
    } else if (event.type === 'load') opinion.cold = true;
    else if (event.type === 'note') opinion.notes.push(event.text);
    else if (event.type === 'tight') opinion.notes.push(`[memory: tight] ${opinion.servedBy} runs alone`);
    else if (event.type === 'attempt') {
      Object.assign(opinion, { text: '', writing: null });
      if (event.state === 'failed') opinion.failed.push(event);
      else opinion.servedBy = event.model;
    }
  }
  opinion.seconds = (now() - began) / 1000;
  if (opinion.text.trim() === '') opinion.error ??= saidNothing(seat.model);
  return opinion;
}

function saidNothing(model: string): ApiError {
  return new ApiError(503, `${model} said nothing. Ask again, or ask one model by name.`, {
    code: 'chain_failed',
  });
}

/** Why a member is not what was asked for; null when it is. */
export function reasonOf({ error, failed }: Opinion): Reason | null {
  const [first] = failed;
  if (first) return first.reason;
  if (error === null) return null;
  return error.status < 500 ? 'unsupported' : 'empty';
}
