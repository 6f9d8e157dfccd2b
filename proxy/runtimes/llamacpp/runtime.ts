import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { ChatRequest, Load, RuntimeEvent } from '../../chat/types.ts';
import type { Found } from '../../doctor/finding.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import { bytesThere } from '../../pull/fetch-verified.ts';
import { samplingOf } from '../sampling.ts';
import {
  type About,
  type Link,
  type OpenedRuntime,
  type OpenRuntime,
  type PullPlace,
  type PullProgress,
  type Resident,
  residentKey,
  type Weights,
} from '../types.ts';
import { forkChild, type StartChild } from './child-process.ts';
import { examineFolder } from './examine.ts';
import { FileDigests } from './file-digest.ts';
import { Holder } from './holder.ts';
import type { EngineRequest } from './protocol.ts';
import { pullFile } from './pull.ts';

/** Weights in the file system, and the child that holds them while they are warm. */
interface Seat {
  weights: Weights;
  holder: Holder | null;
  busy: number;
  /** When the weights go, in seconds since 1970; Infinity for never, null while somebody needs them. */
  expiresAt: number | null;
  cooling: NodeJS.Timeout | undefined;
}

/** llama.cpp in child processes: one for each set of weights, from the first request until keep_alive has run out. */
export const openLlamacpp: OpenRuntime<'llamacpp'> = ({ threads }, { modelsDir, startChild }) =>
  new Llamacpp(modelsDir, threads ?? null, startChild ?? forkChild);

export class Llamacpp implements OpenedRuntime {
  readonly tasks = ['embed', 'complete'] as const;
  readonly #modelsDir: string;
  readonly #threads: number | null;
  readonly #start: StartChild;
  readonly #seats = new Map<string, Seat>();
  readonly #digests = new FileDigests();

  constructor(modelsDir: string, threads: number | null, start: StartChild) {
    this.#modelsDir = modelsDir;
    this.#threads = threads;
    this.#start = start;
  }

  complete(link: Link) {
    return (request: ChatRequest, signal: AbortSignal) => this.#complete(link, request, signal);
  }

  digest(weights: Weights): Promise<string | null> {
    return this.#digests.of(this.#fileOf(weights));
  }

  async has(weights: Weights): Promise<boolean> {
    return existsSync(this.#fileOf(weights));
  }

  async about(weights: Weights): Promise<About | null> {
    try {
      const { size, mtime } = await stat(this.#fileOf(weights));
      return { size, modifiedAt: mtime.toISOString(), details: { format: 'gguf' }, capabilities: null };
    } catch {
      // Not there, or not to be looked at: either way nothing is known.
      return null;
    }
  }

  async place(weights: Weights): Promise<PullPlace> {
    const file = this.#fileOf(weights);
    return { folder: dirname(file), have: bytesThere(file) };
  }

  pull(weights: Weights, tell: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
    return pullFile(weights, this.#modelsDir, this.#fileOf(weights), tell, signal);
  }

  examine(): Promise<Found[]> {
    return examineFolder(this.#modelsDir);
  }

  /** The process of each child that is alive. */
  pids(): number[] {
    return [...this.#seats.values()].flatMap(({ holder }) => (holder?.alive ? (holder.pid ?? []) : []));
  }

  async residents(): Promise<Resident[]> {
    return [...this.#seats.values()].flatMap(({ holder, weights, expiresAt }) =>
      holder?.alive
        ? {
            key: residentKey(weights),
            size: null,
            context: weights.context,
            expiresAt,
            process: holder.pid ?? null,
            loading: !holder.loaded,
          }
        : [],
    );
  }

  async load(link: Link, signal: AbortSignal): Promise<void> {
    const seat = this.#seat(link.weights);
    await using _ = this.#sit(seat, link);
    for await (const _event of this.#warm(seat, link, signal));
  }

  async unload(key: string): Promise<void> {
    const seats = [...this.#seats.values()].filter(({ weights }) => residentKey(weights) === key);
    await Promise.all(
      seats.map(async (seat) => {
        clearTimeout(seat.cooling);
        const { holder } = seat;
        seat.holder = null;
        await holder?.end();
      }),
    );
  }

  async close(): Promise<void> {
    const holders = [...this.#seats.values()].map(({ holder }) => holder?.end());
    for (const { cooling } of this.#seats.values()) clearTimeout(cooling);
    this.#seats.clear();
    await Promise.all(holders);
  }

  async *#complete(link: Link, request: ChatRequest, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    refuse(link, request);
    const seat = this.#seat(link.weights);
    await using _ = this.#sit(seat, link);
    const began = performance.now();
    const cold = !seat.holder?.loaded;
    const holder = yield* this.#warm(seat, link, signal);
    const loadS = cold ? (performance.now() - began) / 1000 : 0;
    for await (const event of holder.answer(toEngine(link, request), signal))
      yield event.type === 'finish' ? { ...event, loadS } : event;
  }

  /** Somebody needs the weights; when the last one has left, keep_alive begins to run. */
  #sit(seat: Seat, link: Link): AsyncDisposable {
    seat.busy += 1;
    seat.expiresAt = null;
    clearTimeout(seat.cooling);
    return {
      [Symbol.asyncDispose]: async () => {
        seat.busy -= 1;
        if (seat.busy === 0) this.#cool(seat, link.keepAliveS);
      },
    };
  }

  /** Starts the process where there is none, and tells of the load until the weights are in memory. */
  async *#warm(seat: Seat, link: Link, signal: AbortSignal): AsyncGenerator<Load, Holder> {
    const file = this.#fileOf(link.weights);
    if (!existsSync(file))
      throw new LinkFailure(
        'missing',
        `${link.model} needs ${file}; get it with \`ask --pull ${link.word ?? link.model}\`, or put the GGUF there`,
      );
    if (!seat.holder?.alive) seat.holder = this.#hold(link.weights, file);
    const { holder } = seat;
    if (!holder.loaded) yield* holder.loading(signal);
    return holder;
  }

  /** Nobody asks any more: the weights go when keep_alive is over, and a load that nobody waits for goes at once. */
  #cool(seat: Seat, keepAliveS: number): void {
    const end = (): void => {
      const { holder } = seat;
      seat.holder = null;
      void holder?.end();
    };
    if (!seat.holder?.loaded || keepAliveS === 0) end();
    else if (Number.isFinite(keepAliveS)) {
      seat.expiresAt = Date.now() / 1000 + keepAliveS;
      seat.cooling = setTimeout(end, Math.min(keepAliveS * 1000, 2 ** 31 - 1)).unref();
    } else seat.expiresAt = Number.POSITIVE_INFINITY;
  }

  /** The same file with another context is another load. */
  #seat(weights: Weights): Seat {
    const key = JSON.stringify([this.#fileOf(weights), weights.context, weights.parallel]);
    const seat = this.#seats.get(key) ?? {
      weights,
      holder: null,
      busy: 0,
      expiresAt: null,
      cooling: undefined,
    };
    this.#seats.set(key, seat);
    return seat;
  }

  #hold({ id, context, parallel }: Weights, file: string): Holder {
    return new Holder(this.#start, { type: 'load', file, context, parallel, threads: this.#threads }, id);
  }

  #fileOf({ file = '' }: Weights): string {
    return isAbsolute(file) ? file : join(this.#modelsDir, file);
  }
}

function refuse({ model }: Link, { messages, topLogprobs }: ChatRequest): void {
  if (messages.some(({ images }) => images?.length))
    throw new ApiError(400, `${model} does not see images; ask a model that does.`, {
      param: 'messages',
      code: 'unsupported',
    });
  if (topLogprobs !== undefined)
    throw new ApiError(400, `${model} cannot give \`logprobs\`; a model on Ollama can.`, {
      param: 'logprobs',
      code: 'unsupported',
    });
}

function toEngine(link: Link, request: ChatRequest): EngineRequest {
  const { model, settings } = link;
  return {
    model,
    task: request.task ?? null,
    messages: request.messages,
    tools: request.tools,
    firstCallOnly: !request.parallelToolCalls,
    format: request.format ?? null,
    sampling: samplingOf(link, request),
    maxTokens: request.maxTokens ?? settings.max_tokens ?? null,
    think: thinkOf(settings.think, request.effort),
  };
}

/** Null leaves it to the model. */
function thinkOf(setting: Link['settings']['think'], effort: ChatRequest['effort']): boolean | null {
  if (effort !== undefined && effort !== 'if-able') return effort !== 'none';
  if (setting === undefined) return null;
  return effort === 'if-able' || setting !== false;
}
