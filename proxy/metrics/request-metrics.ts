import type { Receipt } from '../contract.ts';
import type { Ended } from '../telemetry/ended.ts';
import { isOwnWork } from '../telemetry/is-own-work.ts';
import { operationOf } from '../telemetry/operation.ts';
import { outcomeOf } from '../telemetry/outcome.ts';
import { providerOf } from '../telemetry/provider.ts';
import { FAMILIES } from './families.ts';
import { Counts, Spread } from './tallies.ts';

/** No name in a config begins like these. What a client made up is `_other`: its inventions must not make series. */
export const OTHER = '_other';
const NOBODY = '_none';

/** Counts requests as they end: a few additions each, whether or not anybody ever reads them. */
export class RequestMetrics {
  readonly #requests = new Counts(FAMILIES.requests);
  readonly #demotions = new Counts(FAMILIES.demotions);
  readonly #failedAttempts = new Counts(FAMILIES.failedAttempts);
  readonly #cache = new Counts(FAMILIES.cache);
  readonly #duration = new Spread(FAMILIES.duration);
  readonly #queueWait = new Spread(FAMILIES.queueWait);
  readonly #load = new Spread(FAMILIES.load);
  readonly #operation = new Spread(FAMILIES.operation);
  readonly #tokens = new Spread(FAMILIES.tokens);
  readonly #firstToken = new Spread(FAMILIES.firstToken);
  readonly #perToken = new Spread(FAMILIES.perToken);

  /** Everything that has been counted. */
  get all(): readonly (Counts | Spread)[] {
    return [
      this.#requests,
      this.#demotions,
      this.#failedAttempts,
      this.#cache,
      this.#duration,
      this.#queueWait,
      this.#load,
      this.#operation,
      this.#tokens,
      this.#firstToken,
      this.#perToken,
    ];
  }

  /** A request has ended. `ask --help` and its like are none. */
  count({ receipt, command, live }: Ended): void {
    if (command !== null) return;
    const { served_by, source, demoted, degraded_reason, attempts, cache, exit_code, latency_s } = receipt;
    const model = live.catalog.has(receipt.model) ? receipt.model : OTHER;
    this.#requests.add([model, served_by ?? NOBODY, source, outcomeOf(exit_code)]);
    this.#cache.add([cache]);
    this.#duration.add([source, cache], latency_s);
    for (const attempt of attempts) this.#failedAttempts.add([attempt.model, attempt.reason]);
    if (demoted && served_by !== null) this.#demotions.add([model, served_by, degraded_reason ?? NOBODY]);
    const asked = isOwnWork(receipt) && (served_by !== null || attempts.length > 0);
    if (asked) this.#asked(model, receipt, providerOf(served_by ?? model, live));
  }

  /** A model has been asked. */
  #asked(model: string, receipt: Receipt, provider: string): void {
    const { served_by, latency_s, wait_s, ttft_s, load_s, tokens_in, tokens_out, exit_code } = receipt;
    const labels = [operationOf(receipt), provider, model, served_by ?? NOBODY];
    const outcome = outcomeOf(exit_code);
    this.#operation.add([...labels, outcome === 'answered' ? '' : outcome], latency_s);
    this.#queueWait.add([model], wait_s);
    if (served_by === null) return;
    if (load_s !== null) this.#load.add([served_by], load_s);
    if (tokens_in !== null) this.#tokens.add([...labels, 'input'], tokens_in);
    if (tokens_out !== null) this.#tokens.add([...labels, 'output'], tokens_out);
    if (ttft_s === null) return;
    this.#firstToken.add(labels, ttft_s);
    if (tokens_out !== null && tokens_out > 1)
      this.#perToken.add(labels, (latency_s - ttft_s) / (tokens_out - 1));
  }
}
