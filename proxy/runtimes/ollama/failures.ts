import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link } from '../types.ts';

/** Whom a request was for. */
export interface Asked {
  model: string;
  word?: string;
  weights: Pick<Link['weights'], 'name'>;
}

/** What a status other than 200 means for the chain. `body` is the response's text. */
export function failureOf(
  status: number,
  retryAfter: string | undefined,
  body: string,
  { weights: { name }, ...link }: Asked,
): Error {
  const text = errorText(body);
  const { model, word = model } = link;
  const overflow = contextOverflow(text);
  if (overflow) return contextError(overflow, model);
  if (status === 404)
    return new LinkFailure(
      'missing',
      `Ollama does not have ${name}; get it with \`ask --pull ${word}\` (or \`ollama pull ${name}\`)`,
    );
  // llama-server's refusal of a picture arrives as a 500, yet it is the request that is at fault.
  if (/image input is not supported/.test(text))
    return new ApiError(400, `${model} does not see images; ask a model that does.`, {
      param: 'messages',
      code: 'unsupported',
    });
  if (status >= 400 && status < 500 && status !== 429 && status !== 499) return clientError(text, link);
  if (/requires more system memory/.test(text)) return new LinkFailure('no_room', `Ollama says that ${text}`);
  const full = status === 429 || (status === 503 && (retryAfter !== undefined || /server busy/.test(text)));
  const seconds = secondsOf(retryAfter);
  return new LinkFailure('http_5xx', `Ollama answered ${status}: ${text || 'nothing more'}`, {
    counts: !full,
    ...(seconds !== null && { retryAfter: seconds }),
  });
}

/** A `Retry-After` in seconds; null where there is none, or a date. Ollama gives none, what stands before it may. */
function secondsOf(retryAfter: string | undefined): number | null {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
}

/** The text that Ollama wraps as `{"error":"text"}`, or the body itself when it is something else. */
export function errorText(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'error' in parsed &&
      typeof parsed.error === 'string'
    )
      return parsed.error.trim();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return body.trim().slice(0, 300);
}

/** llama-server's own error object travels as JSON inside the text. */
function contextOverflow(text: string): { prompt: number; context: number } | undefined {
  if (!text.includes('exceed_context_size_error')) return undefined;
  const prompt = /"n_prompt_tokens":\s*(\d+)/.exec(text)?.[1];
  const context = /"n_ctx":\s*(\d+)/.exec(text)?.[1];
  return prompt && context ? { prompt: Number(prompt), context: Number(context) } : undefined;
}

/** llama-server's own words, without the JSON that they are wrapped in. */
function innerMessage(text: string): string {
  const message = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return message === undefined ? text : message.replaceAll(/\\+n/g, ' ').replaceAll(/\\+"/g, '"');
}

function contextError({ prompt, context }: { prompt: number; context: number }, model: string): ApiError {
  return new ApiError(
    400,
    `The prompt has ${prompt} tokens and ${model} takes ${context}. Shorten it, or raise \`context\` of its weights in the config.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}

function clientError(text: string, { model }: Pick<Asked, 'model'>): ApiError {
  if (/does not support thinking/.test(text) || /think value/.test(text))
    return new ApiError(
      400,
      `${model} cannot reason: leave \`reasoning_effort\` out, and \`think\` of the model in the config.`,
      {
        param: 'reasoning_effort',
        code: 'unsupported',
      },
    );
  if (/does not support tools/.test(text))
    return new ApiError(400, `${model} cannot call tools; ask a model that can.`, {
      param: 'tools',
      code: 'unsupported',
    });
  const said = innerMessage(text);
  return new ApiError(
    400,
    `${model} refused the request: ${said}`,
    /schema/i.test(said) ? { param: 'response_format' } : {},
  );
}
