import type { ChatEvent, ChatRequest, Complete, CouncilStage, Task, Usage } from '../chat/types.ts';
import type { CouncilConfig } from '../config/schema.ts';
import { type Council, EXIT } from '../contract.ts';
import { ApiError } from '../errors.ts';
import { askMembers } from './ask-members.ts';
import { chair } from './chair.ts';
import { fitted, shareOf } from './fit.ts';
import type { Opinion } from './hear.ts';
import { minutes, type Response, shortcomings } from './minutes.ts';
import type { CouncilTools } from './seat.ts';

/**
 * Asks the members and streams the chairman, who reads their answers anonymised and composes one. What the council is
 * short of is told before the answer; without any member there is an error.
 */
export function withCouncil(council: CouncilConfig, tools: CouncilTools): Complete {
  return async function* (request, signal) {
    if (request.task) {
      yield { type: 'error', error: noChat(request.model, request.task) };
      return;
    }
    // What the chairman could never read, nobody need think about.
    const refusal = tools.seat(council.chairman).refusal(request.messages);
    if (refusal) {
      yield { type: 'error', error: refusal };
      return;
    }
    const members = council.members.map(({ model }) => model);
    const free = tools.reserve([...members, council.chairman]);
    let opinions: Opinion[];
    try {
      opinions = yield* whileAsking(council, request, tools, signal);
    } finally {
      free();
    }
    if (signal.aborted) return;
    const freeChairman = tools.reserve([council.chairman]);
    try {
      yield* compose(council, request, opinions, tools, signal);
    } finally {
      freeChairman();
    }
  };
}

const noChat = (model: string, { kind }: Task): ApiError =>
  new ApiError(
    400,
    `${model} is a council: it answers questions at /v1/chat/completions and ${kind === 'embed' ? 'makes no embeddings' : 'completes no text'}; ask a single model.`,
    { param: 'model', code: 'unsupported' },
  );

async function* whileAsking(
  council: CouncilConfig,
  request: ChatRequest,
  tools: CouncilTools,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, Opinion[]> {
  const of = council.members.length;
  const stage = (done: number): CouncilStage => ({
    type: 'council',
    stage: 'members',
    done,
    of,
    council: null,
  });
  yield stage(0);
  const asking = askMembers(council, request, tools, signal);
  for (;;) {
    const { done, value } = await asking.next();
    if (done) return value;
    yield stage(value);
  }
}

async function* compose(
  { chairman }: CouncilConfig,
  request: ChatRequest,
  opinions: Opinion[],
  tools: CouncilTools,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const heard = shuffled(opinions.filter(({ error }) => error === null));
  const seat = tools.seat(chairman);
  const limits = { context: seat.context, maxTokens: request.maxTokens ?? seat.maxTokens };
  const share = shareOf(request.messages, heard.length, limits);
  const responses = heard.map((opinion): Response => ({ opinion, ...fitted(opinion.text.trim(), share) }));
  const facts = minutes(chairman, opinions, responses);
  const of = opinions.length;
  const now = (council: Council): CouncilStage => ({
    type: 'council',
    stage: 'chairman',
    done: of,
    of,
    council,
  });
  yield now(facts);
  for (const text of [...new Set(opinions.flatMap(({ notes }) => notes)), ...shortcomings(facts)])
    yield { type: 'note', text };
  const short = shortOf(opinions, request);
  if (short) {
    yield { type: 'error', error: short };
    return;
  }
  const spent = opinions.map(({ usage }) => usage);
  for await (const event of chair(seat, request, responses, tools, signal)) {
    if (event.type === 'alone') yield now({ ...facts, synthesis: false });
    else if (event.type === 'finish') yield { ...event, usage: total([event.usage, ...spent]) };
    else yield event;
  }
}

/** Nobody answered; or not everybody did, and the client takes nothing less. */
function shortOf(opinions: readonly Opinion[], { strict }: ChatRequest): ApiError | null {
  const errors = opinions.flatMap(({ error }) => error ?? []);
  if (errors.length === opinions.length) return errors[0] ?? null;
  const bad = opinions.find(({ error, failed }) => error !== null || failed.length > 0);
  if (!strict || !bad) return null;
  const why = bad.error?.message ?? bad.failed[0]?.detail;
  return new ApiError(
    503,
    `${why} A council that is short of a member was refused (strict); try again without it or later.`,
    { code: 'would_be_demoted', param: 'model', exit: EXIT.strict },
  );
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
