import type { ChatEvent } from '../chat/types.ts';
import type { Clock } from '../clock.ts';
import { EXIT, type ExitCode, type Receipt, type TaskKind } from '../contract.ts';
import type { ApiError } from '../errors.ts';
import { codePoints, type PromptFacts } from './prompt.ts';

/** Collects the facts of one request while it is on its way. */
export class ReceiptBuilder {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #facts: Receipt;
  /** What it failed with. */
  failure: ApiError | null = null;
  /** The model of the attempt under way. */
  #trying: string | null = null;
  /** Since when its turn is awaited, in seconds since the beginning. */
  #waitsSince: number | null = null;

  constructor(id: string, source: Receipt['source'], clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
    this.#facts = {
      request_id: id,
      source,
      ts: clock.wall(),
      model: '',
      served_by: null,
      demoted: false,
      degraded_reason: null,
      attempts: [],
      cache: 'bypass',
      cache_key: null,
      shared: false,
      paid: false,
      memory: null,
      pressure: 'normal',
      swapouts: null,
      pageouts: null,
      latency_s: 0,
      wait_s: 0,
      ttft_s: null,
      load_s: null,
      tokens_in: null,
      tokens_out: null,
      context: null,
      prompt_hash: '',
      prompt_chars: 0,
      response_chars: 0,
      task: null,
      finish: null,
      // What it stays when nothing ends the request: the client went away.
      exit_code: EXIT.interrupted,
      error: null,
      birth: null,
      council: null,
    };
  }

  /** What was asked, once it has been understood. */
  asked(model: string, prompt: PromptFacts, task: TaskKind | null = null): void {
    Object.assign(this.#facts, { model, prompt_hash: prompt.hash, prompt_chars: prompt.chars, task });
  }

  /** Takes note of an event. */
  add(event: ChatEvent): void {
    const facts = this.#facts;
    if (event.type === 'attempt') this.#attempt(event);
    else if (event.type === 'queue') this.#queue(event.ahead !== null);
    else if (event.type === 'tight') facts.memory = 'tight';
    else if (event.type === 'council') facts.council = event.council;
    else if (event.type === 'cached') {
      const { outcome, key, shared, birth } = event;
      Object.assign(facts, { cache: outcome, cache_key: key, shared, birth });
    } else if (event.type === 'delta') {
      this.#served();
      facts.ttft_s ??= this.#elapsed();
      const calls = (event.toolCalls ?? []).reduce((sum, call) => sum + codePoints(call.arguments), 0);
      facts.response_chars += codePoints(event.text ?? '') + calls;
    } else if (event.type === 'finish') {
      this.#served();
      const { promptTokens, completionTokens } = event.usage;
      Object.assign(facts, { finish: event.reason, load_s: event.loadS, exit_code: EXIT.answered });
      Object.assign(facts, { tokens_in: promptTokens, tokens_out: completionTokens });
    } else if (event.type === 'error') {
      this.failure = event.error;
      Object.assign(facts, { error: event.error.message, exit_code: event.error.exit });
    }
  }

  /** What only others know: what the machine's memory went through meanwhile, and how long a context the server has. */
  measured(facts: Pick<Receipt, 'pressure' | 'swapouts' | 'pageouts' | 'context' | 'paid'>): void {
    Object.assign(this.#facts, facts);
  }

  /** It ended without an answer or an error. */
  ended(exit: ExitCode): void {
    this.#facts.exit_code = exit;
  }

  /** The receipt as it stands. */
  receipt(): Receipt {
    return { ...this.#facts, attempts: [...this.#facts.attempts], latency_s: this.#elapsed() };
  }

  #attempt(event: Extract<ChatEvent, { type: 'attempt' }>): void {
    const facts = this.#facts;
    if (event.state === 'started') {
      this.#trying = event.model;
      facts.response_chars = 0;
      facts.ttft_s = null;
      facts.memory = null;
      return;
    }
    const { model, reason, detail, seconds } = event;
    facts.attempts.push({ model, reason, detail, seconds });
    facts.degraded_reason ??= reason;
    facts.served_by = null;
  }

  #queue(waits: boolean): void {
    const now = this.#elapsed();
    this.#facts.wait_s += now - (this.#waitsSince ?? now);
    this.#waitsSince = waits ? now : null;
  }

  #served(): void {
    const facts = this.#facts;
    // A council is not what was asked for either when a member was lost, or another answered in its seat.
    const short = facts.council?.members.find(({ outcome }) => outcome !== 'answered');
    facts.served_by = this.#trying;
    facts.demoted = facts.attempts.length > 0 || short !== undefined;
    facts.degraded_reason ??= short?.reason ?? null;
  }

  #elapsed(): number {
    return (this.#clock.now() - this.#began) / 1000;
  }
}
