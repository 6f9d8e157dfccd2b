import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link } from '../types.ts';
import type { ServerError } from './error-of.ts';

/** What a server refused with. */
export interface Refusal {
  status: number;
  retryAfter: string | undefined;
  /** A redirect's target. */
  location: string | undefined;
  error: ServerError;
}

/** Whom it was asked of: the link, the server's name for a person, and where its key is. */
export interface Asked {
  link: Link;
  host: string;
  keyPlace: string;
}

/** What a status other than 200 means for the chain. */
export function failureOf({ status, retryAfter, location, error }: Refusal, asked: Asked): Error {
  const { link, host, keyPlace } = asked;
  const { message } = error;
  if (isOverflow(error)) return tooLong(error, link);
  if (isMissing(status, error))
    return new LinkFailure(
      'missing',
      status === 404 && !/model/i.test(`${message} ${error.code}`)
        ? `${host} knows no chat completions there (404: ${message}); its \`url\` mostly ends in /v1`
        : `${host} does not have ${link.weights.name} (${message})`,
    );
  if ([401, 402, 403].includes(status))
    return new LinkFailure(
      'unauthorized',
      `${host} refuses the key (${status}: ${message}); it is in ${keyPlace}`,
    );
  if (/image input|multimodal|vision/i.test(message) && status !== 503)
    return new ApiError(400, `${link.model} does not see images (${message}); ask a model that does.`, {
      param: 'messages',
      code: 'unsupported',
    });
  if (status >= 300 && status < 400)
    return new LinkFailure(
      'connection',
      `${host} sends on to ${location ?? 'elsewhere'} (${status}); write that address as its \`url\``,
    );
  if (status >= 400 && status < 500 && ![408, 425, 429, 499].includes(status))
    return new ApiError(400, `${link.model} refused the request: ${message}`, {
      ...(error.param !== null && { param: error.param }),
    });
  // What is used up does not come back by waiting, as a full queue does.
  const usedUp = /insufficient_quota/.test(error.code);
  const full = !usedUp && (status === 429 || (status === 503 && retryAfter !== undefined));
  const seconds = secondsOf(retryAfter);
  return new LinkFailure('http_5xx', `${host} answered ${status}: ${message}`, {
    counts: !full,
    ...(seconds !== null && { retryAfter: seconds }),
  });
}

/** llama-server says so until its weights are in memory. */
export const isLoadingStill = ({ status, error }: Pick<Refusal, 'status' | 'error'>): boolean =>
  status === 503 && /loading model/i.test(error.message);

function isMissing(status: number, { message, code }: ServerError): boolean {
  if (status === 404) return true;
  if (status !== 400) return false;
  return (
    /model_not_found/.test(code) ||
    /invalid model name|model \S+ (?:was |is )?(?:not found|does not exist)|could not find \S* ?model/i.test(
      message,
    )
  );
}

/** Each engine says it in its own words. */
function isOverflow({ message, code }: ServerError): boolean {
  return (
    /context_length_exceeded|exceed_context_size/.test(code) ||
    /maximum context length|available context size|longer than the (?:model's )?(?:maximum )?context|context (?:the )?overflows|exceeds? the (?:model's )?(?:maximum )?context/i.test(
      message,
    )
  );
}

function tooLong({ message, promptTokens, context }: ServerError, { model }: Link): ApiError {
  const figures =
    promptTokens !== null && context !== null
      ? `The prompt has ${promptTokens} tokens and ${model} takes ${context} on its server`
      : `The prompt is too long for ${model} on its server: ${message}`;
  return new ApiError(400, `${figures}. Shorten it, or give the server a longer context.`, {
    param: 'messages',
    code: 'context_length_exceeded',
  });
}

/** A `Retry-After` in seconds, of a number or of a date; null where there is none. */
function secondsOf(retryAfter: string | undefined): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
