import { randomInt } from 'node:crypto';
import type { ChatRequest } from '../chat/types.ts';
import type { CouncilConfig } from '../config/schema.ts';
import { type Concurrency, mostAtOnce } from './concurrency.ts';
import { hear, type Opinion } from './hear.ts';
import type { CouncilTools, Seat } from './seat.ts';

interface Asking {
  seat: Seat;
  request: ChatRequest;
}

/** Members that answer one after the other. */
type Lane = Asking[];

/**
 * Asks all members, at once where that is possible, and tells each time how many are done. Returns what they said, in
 * the order of their seats.
 */
export async function* askMembers(
  council: CouncilConfig,
  request: ChatRequest,
  tools: CouncilTools,
  signal: AbortSignal,
): AsyncGenerator<number, Opinion[]> {
  const all = council.members.map((member, index): Asking => {
    const seat = tools.seat(member.model);
    return { seat, request: memberRequest(request, member, index) };
  });
  const opinions = new Map<Asking, Opinion>();
  for (const lanes of await phases(all, council, tools)) {
    const answers = lanes.flatMap((lane) => along(lane, tools.now, signal));
    // The first failure is the race's to tell; those after it are nobody's, and must not end the process.
    void Promise.allSettled(answers.map(([, answer]) => answer));
    for (const pending = new Map(answers); pending.size > 0; ) {
      const [asking, opinion] = await Promise.race(pending.values());
      pending.delete(asking);
      opinions.set(asking, opinion);
      yield opinions.size;
    }
    learn(lanes, opinions, tools.concurrency);
  }
  return all.flatMap((asking) => opinions.get(asking) ?? []);
}

/**
 * Lanes that run side by side, phase by phase. Weights that were seen to answer one request at a time have a single lane.
 * Weights that do not fit together each have a phase of their own, the chairman's last: it goes on with them.
 */
async function phases(all: Asking[], { chairman }: CouncilConfig, tools: CouncilTools): Promise<Lane[][]> {
  const byWeights = Map.groupBy(all, ({ seat }) => seat.weights);
  const groups = [...byWeights].map(([weights, group]): [string, Lane[]] => [
    weights,
    tools.concurrency.of(weights) === false ? [group] : group.map((asking) => [asking]),
  ]);
  const members = all.map(({ seat }) => seat.model);
  if (groups.length === 1 || (await tools.fit(members, chairman)))
    return [groups.flatMap(([, lanes]) => lanes)];
  const last = tools.seat(chairman).weights;
  return groups.sort(([a], [b]) => Number(a === last) - Number(b === last)).map(([, lanes]) => lanes);
}

/** Each member of a lane, with its answer to come. */
function along(lane: Lane, now: () => number, signal: AbortSignal): [Asking, Promise<[Asking, Opinion]>][] {
  let before: Promise<unknown> = Promise.resolve();
  return lane.map((asking) => {
    const answer = before.then(
      async (): Promise<[Asking, Opinion]> => [asking, await hear(asking.seat, asking.request, signal, now)],
    );
    before = answer;
    return [asking, answer];
  });
}

/** Only answers of the members' own weights tell something, and only where there were two to compare. */
function learn(lanes: Lane[], opinions: Map<Asking, Opinion>, concurrency: Concurrency): void {
  const asked = lanes.flatMap(([first, ...others]) => (first && others.length === 0 ? [first] : []));
  for (const [weights, group] of Map.groupBy(asked, ({ seat }) => seat.weights)) {
    const own = group
      .flatMap((asking) => opinions.get(asking) ?? [])
      .filter(({ failed }) => failed.length === 0);
    // An answer of one piece has no length that another could fall into.
    const spans = own.flatMap(({ writing }) => (writing && writing.from < writing.to ? [writing] : []));
    const atOnce = mostAtOnce(spans) > 1;
    // Where weights were loaded first, who waited for that may have come too late to be answered beside the other.
    if (spans.length > 1 && (atOnce || own.every(({ cold }) => !cold))) concurrency.saw(weights, atOnce);
  }
}

function memberRequest(
  request: ChatRequest,
  { model, temperature, seed }: CouncilConfig['members'][number],
  index: number,
): ChatRequest {
  // Members answer in words; the shape that the client wants is the chairman's business, and so is its effort.
  const { format: _, topLogprobs: __, effort: ___, ...rest } = request;
  const given = request.sampling.seed;
  const sampling = {
    ...request.sampling,
    ...(temperature !== undefined && { temperature }),
    // The same model with the same seed would say the same twice.
    seed: seed ?? (given === undefined ? randomInt(2 ** 31) : given + index),
  };
  return {
    ...rest,
    model,
    sampling,
    tools: [],
    toolChoice: 'auto',
    sees: 'nothing',
  };
}
