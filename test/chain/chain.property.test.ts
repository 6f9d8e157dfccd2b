import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rest } from '../../proxy/chain/rest.ts';
import { isSeen } from '../../proxy/chain/with-fallback.ts';
import { addToAnswer, emptyAnswer } from '../../proxy/chat/answer.ts';
import type { ChatEvent, ChatRequest } from '../../proxy/chat/types.ts';
import { systemClock } from '../../proxy/clock.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { ReceiptBuilder } from '../../proxy/telemetry/receipt.ts';
import { chatRequest } from '../helpers/requests.ts';
import { type Asked, LINKS, madeUpChain, type Part, parts, reasonOf, settled } from './made-up-chain.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { now } = systemClock;
const wish = fc.record({
  sees: fc.constantFrom('nothing' as const, 'text' as const, 'everything' as const),
  strict: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  parallelToolCalls: fc.boolean(),
});
const isEnd = ({ type }: ChatEvent): boolean => type === 'finish' || type === 'error';
/** The models of attempts that began, in order. */
const started = (events: readonly ChatEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'attempt' && event.state === 'started' ? event.model : []));

/** How far all was when the client left. */
interface Gone {
  asked: number;
  events: number;
  atWork: Asked | null;
}

interface Run {
  events: ChatEvent[];
  asked: Asked[];
  receipt: Receipt;
  gone: Gone | null;
}

/** Asks a chain once. The client leaves with the n-th event, or after so many ms. */
async function ask(
  chain: readonly Part[],
  request: ChatRequest,
  leaves: { event?: number; ms?: number } = {},
): Promise<Run> {
  const client = new AbortController();
  const asked: Asked[] = [];
  const events: ChatEvent[] = [];
  const receipt = new ReceiptBuilder('id', 'api', systemClock);
  let gone: Gone | null = null;
  const leave = (): void => {
    gone = { asked: asked.length, events: events.length, atWork: asked.find(({ over }) => !over) ?? null };
    client.abort();
  };
  const timer = leaves.ms === undefined ? undefined : setTimeout(leave, leaves.ms);
  const complete = madeUpChain(() => chain, { rest: new Rest(now), now }, asked);
  await settled(
    (async () => {
      for await (const event of complete(request, client.signal)) {
        receipt.add(event);
        events.push(event);
        if (events.length - 1 === leaves.event) leave();
      }
    })(),
  );
  clearTimeout(timer);
  // Whatever happened: nothing is left running, and nothing listens any more.
  expect(asked.filter(({ over }) => !over)).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(client.signal, 'abort')).toEqual([]);
  return { events, asked, receipt: receipt.receipt(), gone };
}

/** The link with which the chain ends, and those before it: the first that answers, shows something, or is refused by. */
function deciding(chain: readonly Part[], request: ChatRequest): number {
  const silent = ({ says, ending }: Part, index: number): boolean =>
    ending.kind !== 'answers' &&
    !says.some((delta) => isSeen(delta, request)) &&
    (ending.kind !== 'refuses' || index > 0);
  const at = chain.findIndex((part, index) => !silent(part, index));
  if (request.strict) return at === 0 ? 0 : -1;
  return at;
}

describe('whatever the links of a chain do', () => {
  it('the client gets one end, of the first link that did not fail in silence, and the truth about the others', async () => {
    await fc.assert(
      fc.asyncProperty(parts, wish, async (chain, fields) => {
        const request = chatRequest('hi', fields);
        const { events, asked, receipt } = await ask(chain, request);
        expect(events.filter(isEnd)).toEqual(events.slice(-1));
        const at = deciding(chain, request);
        const tried = request.strict ? 1 : at < 0 ? chain.length : at + 1;
        const models = LINKS.slice(0, tried).map(({ model }) => model);
        expect(asked.map(({ model }) => model)).toEqual(models);
        expect(started(events)).toEqual(models);
        const failed = chain.slice(0, at < 0 ? tried : at);
        expect(receipt.attempts).toMatchObject(
          failed.map((part, i) => ({ model: models[i], reason: reasonOf(part) ?? 'unsupported' })),
        );
        expect(receipt.degraded_reason).toBe(receipt.attempts[0]?.reason ?? null);
        expectEnd(chain[at], events, receipt, models.at(-1));
      }),
    );
  });

  it('nothing follows what the client has seen but more of the same link, and the end', async () => {
    await fc.assert(
      fc.asyncProperty(parts, wish, async (chain, fields) => {
        const request = chatRequest('hi', fields);
        const { events } = await ask(chain, request);
        const first = events.findIndex((event) => isSeen(event, request));
        const later = first < 0 ? [] : events.slice(first + 1, -1);
        expect(later.filter(({ type }) => type !== 'delta')).toEqual([]);
      }),
    );
  });
});

/** How the client learns of the end that a part makes; without a part, no link was left. */
function expectEnd(
  part: Part | undefined,
  events: ChatEvent[],
  receipt: Receipt,
  model: string | undefined,
): void {
  const end = events.at(-1);
  if (part?.ending.kind === 'answers') {
    const answer = emptyAnswer();
    for (const event of events) addToAnswer(answer, event);
    expect(answer.text).toBe(part.says.map(({ text = '' }) => text).join(''));
    expect(answer.reasoning).toBe(part.says.map(({ reasoning = '' }) => reasoning).join(''));
    expect(receipt).toMatchObject({ served_by: model, finish: 'stop', exit_code: 0, error: null });
    expect(receipt.demoted).toBe(receipt.attempts.length > 0);
    return;
  }
  expect(receipt).toMatchObject({ finish: null, error: expect.stringMatching(/.{10}/) });
  const said = end?.type === 'error' ? end.error : null;
  if (part?.ending.kind === 'refuses') expect(said?.status).toBe(400);
  else if (part) expect(said?.code).toBe('broke_off');
  else {
    expect(said?.code).toMatch(/^(chain_failed|would_be_demoted)$/);
    expect(receipt.served_by).toBeNull();
    for (const attempt of receipt.attempts) expect(said?.message).toContain(attempt.model);
  }
}

describe('a client that leaves', () => {
  it('ends the link at work, and none is asked after it', async () => {
    const leaves = fc.oneof(
      fc.record({ event: fc.nat(10) }),
      fc.record({ ms: fc.nat(2000) }),
      fc.record({ ms: fc.nat(200_000) }),
    );
    let early = 0;
    await fc.assert(
      fc.asyncProperty(parts, wish, leaves, async (chain, fields, when) => {
        const { events, asked, gone, receipt } = await ask(chain, chatRequest('hi', fields), when);
        if (gone === null || events.slice(0, gone.events).some(isEnd)) {
          expect(events.filter(isEnd)).toHaveLength(1);
          return;
        }
        early += 1;
        expect(asked).toHaveLength(gone.asked);
        expect(gone.atWork?.signal.aborted ?? true).toBe(true);
        const after = events.slice(gone.events);
        expect(after.filter((event) => isEnd(event) || event.type === 'attempt')).toEqual([]);
        expect(receipt.exit_code).toBe(130);
      }),
      { numRuns: 200 },
    );
    expect(early).toBeGreaterThan(40);
  });
});
