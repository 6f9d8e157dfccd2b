import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { SessionCodes } from './admin/session-codes.ts';
import { LastQuestions } from './ask/again.ts';
import { Sharing } from './cache/share.ts';
import type { AnswerStore } from './cache/store.ts';
import { withCache } from './cache/with-cache.ts';
import type { CatalogModel } from './chain/catalog.ts';
import type { ChatRequest, Complete } from './chat/types.ts';
import type { Clock } from './clock.ts';
import { EXIT, type ExitCode, type Receipt } from './contract.ts';
import type { FreeOnDisk } from './disk.ts';
import type { ApiError } from './errors.ts';
import type { RequestFeed } from './events/request-feed.ts';
import { asApiError, conduct } from './http/conduct.ts';
import { findModel } from './http/models.ts';
import type { AnswerWriter } from './http/write.ts';
import { Listeners } from './listeners.ts';
import type { Live, LiveConfig } from './live-config.ts';
import type { Memory } from './memory/memory.ts';
import type { MemoryMark } from './memory/probe.ts';
import type { Warmth } from './memory/warmth.ts';
import type { Paths } from './paths.ts';
import { PullDesk } from './pull/desk.ts';
import type { RollUp } from './stats/roll-up.ts';
import { StressDesk } from './stress/desk.ts';
import type { Ended } from './telemetry/ended.ts';
import { isRequest } from './telemetry/kinds-of-line.ts';
import type { Log } from './telemetry/log.ts';
import { type ClientFacts, logLine } from './telemetry/log-line.ts';
import { ReceiptBuilder } from './telemetry/receipt.ts';

export interface ServiceParts {
  live: LiveConfig;
  cache: AnswerStore;
  log: Log;
  clock: Clock;
  memory: Memory;
  warmth: Warmth;
  /** The lines of the log as they come. */
  requests: RequestFeed;
  codes: SessionCodes;
  /** The log, summed up. */
  rollUp: RollUp;
  paths: Paths;
  /** How full the disk is. */
  disk: FreeOnDisk;
  /** How long (ms) a client may send nothing of a body that it has begun. */
  bodyIdleMs: number;
  /** What changes state asks for it. */
  token: { value: string; file: string };
}

/** What every request needs, put together once. */
export class Service {
  readonly parts: ServiceParts;
  readonly stress = new StressDesk();
  readonly lastQuestions = new LastQuestions();
  readonly pulls = new PullDesk();
  /** Hear of each request that has ended, once it is in the log. It still waits for its end, so none may throw or take long. */
  readonly ended = new Listeners<[Ended]>();
  readonly #sharing = new Sharing();

  constructor(parts: ServiceParts) {
    this.parts = parts;
    // At once, and not when somebody asks the next time.
    parts.live.reloaded.add(({ history }) => {
      if (history === 'off') this.lastQuestions.forget();
    });
  }

  /** A request has come in, with those headers where it came by HTTP. */
  begin(source: Receipt['source'], headers: IncomingHttpHeaders = {}): Exchange {
    return new Exchange(this, source, headers);
  }

  /** What a model does with a request, the cache before it. */
  cached(model: CatalogModel): Complete {
    const { cache, clock } = this.parts;
    return withCache(model.complete, {
      store: cache,
      sharing: this.#sharing,
      identify: model.identify,
      clock,
    });
  }
}

/** One request and its answer: from the first look at it to the line in the log. */
export class Exchange {
  readonly id = randomUUID();
  /** The config that was in force when the request came; a reload does not change it under way. */
  readonly live: Live;
  readonly receipt: ReceiptBuilder;
  client: ClientFacts = { user: null, metadata: null };
  /** The command of `ask` that it is, or the API's for counting; null: it is a question to a model. */
  command: string | null = null;
  readonly #headers: IncomingHttpHeaders;
  #request: ChatRequest | null = null;
  readonly #service: Service;
  readonly #leave: () => void;
  readonly #mark: MemoryMark;

  constructor(service: Service, source: Receipt['source'], headers: IncomingHttpHeaders) {
    this.#service = service;
    this.#headers = headers;
    this.live = service.parts.live.current;
    this.#leave = service.parts.live.enter();
    this.#mark = service.parts.memory.probe.mark();
    this.receipt = new ReceiptBuilder(this.id, source, service.parts.clock);
  }

  /** The receipt as it stands. */
  readonly now = (): Receipt => this.receipt.receipt();

  /** Answers, and logs. `around` adds a layer over the model's own. */
  async serve(
    model: CatalogModel,
    request: ChatRequest,
    res: ServerResponse,
    writer: AnswerWriter,
    around: (complete: Complete) => Complete = (complete) => complete,
  ): Promise<void> {
    this.#request = request;
    const complete = around(this.#service.cached(model));
    await conduct((signal) => complete(request, signal), res, writer, this.#witness());
  }

  /** Asks a model where nobody reads along, and logs. Never throws: what went wrong is in the receipt. */
  async run(request: ChatRequest, signal: AbortSignal): Promise<Receipt> {
    this.#request = request;
    const witness = this.#witness();
    try {
      for await (const event of findModel(this.live, request.model).complete(request, signal))
        witness.add(event);
    } catch (error) {
      if (!signal.aborted) witness.add({ type: 'error', error: asApiError(error) });
    } finally {
      witness.end();
    }
    return this.now();
  }

  /** Ends with an error that came before any model was asked, and logs that. */
  async refuse(error: ApiError, res: ServerResponse, writer: AnswerWriter): Promise<void> {
    async function* refusal() {
      yield { type: 'error' as const, error };
    }
    await conduct(refusal, res, writer, this.#witness());
  }

  /** Ends without any question to a model, such as for help, and logs that. */
  told(exit: ExitCode): void {
    this.receipt.ended(exit);
    this.#witness().end();
  }

  #witness() {
    return {
      add: (event: Parameters<ReceiptBuilder['add']>[0]) => this.receipt.add(event),
      end: () => {
        const { log, memory, requests } = this.#service.parts;
        const { probe, lastAnswers } = memory;
        const { catalog } = this.live;
        const facts = this.now();
        const context = catalog.get(facts.served_by ?? '')?.chain[0]?.weights.context ?? null;
        const pressure = probe.pressure.level;
        const paid = isPaidFor(facts, catalog);
        this.receipt.measured({ pressure, ...probe.since(this.#mark), context, paid });
        const receipt = this.now();
        const { ts, exit_code, cache, latency_s, council, served_by } = receipt;
        const itself = cache !== 'hit' && council === null;
        if (served_by !== null && exit_code === EXIT.answered && itself)
          lastAnswers.set(served_by, { ts: ts + latency_s, latency_s });
        const line = logLine(receipt, this.client, this.command);
        log.write(line);
        if (isRequest(line)) requests.push(line);
        this.#service.ended.tell({
          receipt,
          request: this.#request,
          error: this.receipt.failure,
          command: this.command,
          live: this.live,
          headers: this.#headers,
        });
        this.#leave();
      },
    };
  }
}

/** Whether somebody was paid for an answer; what comes from the cache, or is shared, costs nothing more. */
function isPaidFor({ cache, shared, served_by, council }: Receipt, catalog: Live['catalog']): boolean {
  if (cache === 'hit' || shared) return false;
  const answered = [served_by, ...(council?.members ?? []).map((member) => member.served_by)];
  return answered.some((name) => name !== null && catalog.get(name)?.paid === true);
}
