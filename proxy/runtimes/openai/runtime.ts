import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ChatRequest, CompleteLink, RuntimeEvent } from '../../chat/types.ts';
import { isRemote } from '../../config/remote.ts';
import type { OpenaiConfig } from '../../config/schema.ts';
import { EXIT } from '../../contract.ts';
import type { Found } from '../../doctor/finding.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link, OpenedRuntime, OpenRuntime, PullPlace, Resident, Weights } from '../types.ts';
import { chatBody } from './chat-body.ts';
import { examineServer } from './examine.ts';
import { OpenaiHttp } from './http.ts';
import { listModels, lists } from './models.ts';
import { Opening } from './opening.ts';
import { readAnswer } from './read-answer.ts';
import { Residency } from './residency.ts';
import { type SecretSources, Secrets } from './secrets.ts';

/** Any server that speaks the OpenAI API. */
export const openOpenai: OpenRuntime<'openai'> = (config, { warn }) => new Openai(config, warn);

export class Openai implements OpenedRuntime {
  readonly foreign: string;
  readonly #config: OpenaiConfig;
  readonly #warn: (message: string) => void;
  readonly #http: OpenaiHttp;
  readonly #opening: Opening;
  readonly #residency: Residency;
  /** Names that the server did not have when it was asked for them. */
  readonly #denied = new Set<string>();
  /** Names for which the key was refused. The first is told of; not each request, nor each model. */
  readonly #unauthorized = new Set<string>();

  constructor(config: OpenaiConfig, warn: (message: string) => void, sources?: SecretSources) {
    const secrets = new Secrets(config, sources);
    this.#config = config;
    this.#warn = warn;
    this.#http = new OpenaiHttp(config, secrets);
    this.#opening = new Opening(this.#http, secrets);
    this.#residency = new Residency(this.#http);
    this.foreign = `which models ${this.#http.host} has is for that server to say`;
  }

  complete(link: Link): CompleteLink {
    return (request, signal) => this.#complete(link, request, signal);
  }

  /** Only the person can know which bytes are behind a name. */
  async digest({ name, revision }: Weights): Promise<string | null> {
    if (revision === undefined) return null;
    return hash('sha256', JSON.stringify([this.#config.url, name, revision]));
  }

  async residents(): Promise<Resident[]> {
    return isRemote(this.#config) ? [] : this.#residency.residents();
  }

  /** The shortest answer: there is no other way to have such a server load something. */
  async load(link: Link, signal: AbortSignal): Promise<void> {
    for await (const _event of this.#complete(link, shortest(link), signal));
  }

  async unload(key: string): Promise<void> {
    await this.#residency.unload(key);
  }

  async has({ name = '' }: Weights): Promise<boolean> {
    return lists(await listModels(this.#http), name) && !this.#denied.has(name);
  }

  async place(): Promise<PullPlace> {
    return { unseen: this.foreign };
  }

  async pull({ name }: Weights): Promise<void> {
    throw new ApiError(409, `${name} cannot be fetched from here: ${this.foreign}. Fetch it there.`, {
      code: 'pull_failed',
      exit: EXIT.failed,
    });
  }

  examine(): Promise<Found[]> {
    return examineServer(this.#http, this.#config, this.#denied);
  }

  renew(): void {
    this.#http.dropIdle();
  }

  reloaded(): void {
    this.#opening.forget();
    this.#residency.forget();
    this.#denied.clear();
    this.#unauthorized.clear();
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  async *#complete(link: Link, request: ChatRequest, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const { name = '' } = link.weights;
    let response: IncomingMessage;
    try {
      response = yield* this.#opening.open(link, chatBody(link, request), signal);
    } catch (error) {
      if (error instanceof LinkFailure) this.#failed(error, name, link.runtime);
      throw error;
    }
    this.#unauthorized.delete(name);
    this.#denied.delete(name);
    yield* readAnswer(this.#http, response, request.topLogprobs, signal);
    this.#residency.answered(link);
  }

  #failed({ reason, message }: LinkFailure, name: string, runtime: string): void {
    if (reason === 'missing') this.#denied.add(name);
    if (reason !== 'unauthorized') return;
    if (this.#unauthorized.size === 0)
      this.#warn(`${runtime}: ${message}; until that is mended its models are passed over`);
    this.#unauthorized.add(name);
  }
}

function shortest({ model }: Link): ChatRequest {
  return {
    id: 'load',
    model,
    messages: [{ role: 'user', text: 'Hi' }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    sampling: {},
    maxTokens: 1,
    strict: true,
    room: 'off',
    cache: { read: false, write: false },
    from: { client: 'toaster', watched: false },
    sees: 'nothing',
  };
}
