import type { ChatRequest } from '../chat/types.ts';
import { EXIT, type Receipt } from '../contract.ts';
import type { Ended } from '../telemetry/ended.ts';
import { isOwnWork } from '../telemetry/is-own-work.ts';
import { operationOf } from '../telemetry/operation.ts';
import { outcomeOf } from '../telemetry/outcome.ts';
import { providerOf } from '../telemetry/provider.ts';

type Value = string | number | boolean | string[];
type Facts = Record<string, Value>;
/** What is unknown has no attribute. */
type Known = Record<string, Value | null | undefined>;

/** A request as a span, times in ms since 1970. Neither words of a prompt nor of an answer are in it. */
export interface Description {
  name: string;
  start: number;
  end: number;
  attributes: Facts;
  events: { name: string; at: number; attributes: Facts }[];
  failed: boolean;
}

/** A name that a client made up may be of any length. */
const NAME_CHARS = 100;

/** By OpenTelemetry's conventions for generative AI; what they have no word for begins with `toaster.`. */
export function describe({ receipt, request, error, live }: Ended): Description {
  const { model, served_by, exit_code, latency_s } = receipt;
  const start = receipt.ts * 1000;
  const outcome = outcomeOf(exit_code);
  const attributes = known({
    'gen_ai.operation.name': operationOf(receipt),
    'gen_ai.provider.name': providerOf(served_by ?? model, live),
    'gen_ai.request.model': model.slice(0, NAME_CHARS) || null,
    'gen_ai.response.model': served_by,
    'gen_ai.response.finish_reasons': receipt.finish === null ? null : [receipt.finish],
    // Who sums them up wants to know what was spent.
    'gen_ai.usage.input_tokens': isOwnWork(receipt) ? receipt.tokens_in : null,
    'gen_ai.usage.output_tokens': isOwnWork(receipt) ? receipt.tokens_out : null,
    'error.type': outcome === 'answered' ? null : (error?.code ?? outcome),
    ...asked(request),
    ...ofToaster(receipt),
  });
  return {
    // What a client made up names no kind of span.
    name: live.catalog.has(model) ? `${operationOf(receipt)} ${model}` : operationOf(receipt),
    start,
    end: start + latency_s * 1000,
    attributes,
    events: eventsOf(receipt, start),
    // Who went away was not failed.
    failed: outcome !== 'answered' && exit_code !== EXIT.interrupted,
  };
}

function asked(request: ChatRequest | null): Known {
  if (request === null) return {};
  const { sampling, maxTokens, format, effort, sees } = request;
  return {
    'gen_ai.output.type': format === undefined ? 'text' : 'json',
    'gen_ai.request.stream': sees !== 'nothing',
    'gen_ai.request.max_tokens': maxTokens,
    'gen_ai.request.temperature': sampling.temperature,
    'gen_ai.request.top_p': sampling.topP,
    'gen_ai.request.top_k': sampling.topK,
    'gen_ai.request.seed': sampling.seed,
    'gen_ai.request.frequency_penalty': sampling.frequencyPenalty,
    'gen_ai.request.presence_penalty': sampling.presencePenalty,
    'toaster.effort': effort,
  };
}

function ofToaster(receipt: Receipt): Known {
  const { council } = receipt;
  return {
    'toaster.request_id': receipt.request_id,
    'toaster.source': receipt.source,
    'toaster.outcome': outcomeOf(receipt.exit_code),
    'toaster.demoted': receipt.demoted,
    'toaster.degraded_reason': receipt.degraded_reason,
    'toaster.cache': receipt.cache,
    'toaster.shared': receipt.shared,
    'toaster.memory': receipt.memory,
    'toaster.pressure': receipt.pressure,
    'toaster.wait_s': receipt.wait_s,
    'toaster.load_s': receipt.load_s,
    'toaster.time_to_first_token_s': receipt.ttft_s,
    'toaster.council.members': council?.members.length,
    'toaster.council.synthesis': council?.synthesis,
  };
}

/** Failed attempts come one after the other from the beginning on, so their seconds tell when each of them ended. */
function eventsOf({ attempts, ttft_s }: Receipt, start: number): Description['events'] {
  let at = start;
  const failed = attempts.map(({ model, reason, seconds }) => {
    at += seconds * 1000;
    const attributes = {
      'toaster.attempt.model': model,
      'toaster.attempt.reason': reason,
      'toaster.attempt.seconds': seconds,
    };
    return { name: 'toaster.attempt.failed', at, attributes };
  });
  if (ttft_s === null) return failed;
  return [...failed, { name: 'toaster.first_token', at: start + ttft_s * 1000, attributes: {} }];
}

const known = (facts: Known): Facts =>
  Object.fromEntries(
    Object.entries(facts).filter(
      (fact): fact is [string, Value] => fact[1] !== null && fact[1] !== undefined,
    ),
  );
