import type { AttemptFailed, ChatEvent, ChatRequest, Complete, Usage } from '../chat/types.ts';
import type { CouncilConfig } from '../config/schema.ts';
import { ApiError } from '../errors.ts';
import { chairmanMessages } from './chairman-messages.ts';

interface Opinion {
  seat: string;
  text: string;
  usage: Usage;
  error: ApiError | null;
  demotions: AttemptFailed[];
}

/**
 * Asks the members in parallel and streams the chairman, who reads their answers anonymised and composes one.
 * A lost member is told in a note; without any member there is an error. `ask` gives a model's chain by name.
 */
export function withCouncil(council: CouncilConfig, ask: (model: string) => Complete): Complete {
  return async function* (request, signal) {
    const opinions = await Promise.all(
      council.members.map(({ model, temperature }) =>
        hear(model, ask(model), memberRequest(request, temperature), signal),
      ),
    );
    if (signal.aborted) return;
    yield* notesOf(opinions);
    const heard = opinions.filter(({ error, text }) => error === null && text.trim() !== '');
    if (heard.length === 0) {
      yield { type: 'error', error: opinions.find(({ error }) => error)?.error ?? noOpinion() };
      return;
    }
    const messages = chairmanMessages(request.messages, shuffled(heard.map(({ text }) => text)));
    const spent = opinions.map(({ usage }) => usage);
    for await (const event of ask(council.chairman)(
      { ...request, model: council.chairman, messages },
      signal,
    )) {
      // The chairman speaks for the council; somebody in the chairman's place is told by name.
      if (event.type === 'attempt' && event.state === 'started' && event.model === council.chairman)
        yield { ...event, model: request.model };
      else if (event.type === 'finish') yield { ...event, usage: total([event.usage, ...spent]) };
      else yield event;
    }
  };
}

function memberRequest(request: ChatRequest, temperature: number | undefined): ChatRequest {
  const sampling = { ...request.sampling, ...(temperature !== undefined && { temperature }) };
  // Members answer in words; the shape that the client wants is the chairman's business.
  const { format: _, topLogprobs: __, ...rest } = request;
  return { ...rest, sampling, tools: [], toolChoice: 'auto', sees: 'nothing' };
}

async function hear(
  seat: string,
  complete: Complete,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<Opinion> {
  const opinion: Opinion = {
    seat,
    text: '',
    usage: { promptTokens: null, completionTokens: null },
    error: null,
    demotions: [],
  };
  for await (const event of complete({ ...request, model: seat }, signal)) {
    if (event.type === 'delta') opinion.text += event.text ?? '';
    else if (event.type === 'finish') opinion.usage = event.usage;
    else if (event.type === 'error') opinion.error = event.error;
    else if (event.type === 'attempt') {
      opinion.text = '';
      if (event.state === 'failed') opinion.demotions.push(event);
    }
  }
  return opinion;
}

function* notesOf(opinions: Opinion[]): Generator<ChatEvent> {
  for (const { seat, error, text, demotions } of opinions) {
    if (error) yield { type: 'note', text: `[council: lost a member, ${seat}] ${error.message}` };
    else if (text.trim() === '')
      yield { type: 'note', text: `[council: lost a member, ${seat}] it said nothing` };
    else if (demotions.length > 0)
      yield { type: 'note', text: `[council: a member was not ${seat}] ${demotions[0]?.detail ?? ''}` };
  }
}

/** So that neither the order of the seats nor a model's habit of preferring the first decides. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function total(usages: Usage[]): Usage {
  const sum = (pick: (usage: Usage) => number | null) =>
    usages.reduce<number | null>(
      (all, usage) => (pick(usage) === null ? all : (all ?? 0) + (pick(usage) ?? 0)),
      null,
    );
  return {
    promptTokens: sum((usage) => usage.promptTokens),
    completionTokens: sum((usage) => usage.completionTokens),
  };
}

function noOpinion(): ApiError {
  return new ApiError(503, 'No member of the council said anything. Ask again, or ask one model by name.', {
    code: 'chain_failed',
  });
}
