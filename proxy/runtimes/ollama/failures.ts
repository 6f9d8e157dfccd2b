import { ApiError, LinkFailure } from '../../errors.ts';
import { noEmbeddings, noInfill } from '../inability.ts';
import type { Link } from '../types.ts';

/** Whom a request was for. */
export interface Asked {
  model: string;
  word?: string;
  weights: Pick<Link['weights'], 'name'>;
}

/** Which field of a request holds its texts. */
type Part = 'messages' | 'prompt' | 'input';

/** What a status other than 200 means for the chain. `body` is the response's text. */
export function failureOf(
  status: number,
  retryAfter: string | undefined,
  body: string,
  { weights: { name }, ...link }: Asked,
  part: Part = 'messages',
): Error {
  const text = errorText(body);
  const { model, word = model } = link;
  const overflow = contextOverflow(text);
  if (overflow) return contextError(overflow, model, part);
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
  const inability = inabilityOf(text, model);
  if (inability) return inability;
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

function contextError(
  { prompt, context }: { prompt: number; context: number },
  model: string,
  param: Part,
): ApiError {
  return new ApiError(
    400,
    `The prompt has ${prompt} tokens and ${model} takes ${context}. Shorten it, or raise \`context\` of its weights in the config.`,
    { param, code: 'context_length_exceeded' },
  );
}

/** What weights were not made for. Of embeddings llama-server says so with a 501, once the weights are in memory. */
function inabilityOf(text: string, model: string): ApiError | null {
  const unable = (message: string, param: string): ApiError =>
    new ApiError(400, message, { param, code: 'unsupported' });
  if (/does not support embeddings/.test(text)) return unable(noEmbeddings(model), 'model');
  if (/does not support insert/.test(text)) return unable(noInfill(model), 'suffix');
  if (/does not support (chat|generate)/.test(text))
    return unable(`${model} makes embeddings only: ask it at /v1/embeddings, or ask another model.`, 'model');
  if (/input length exceeds the context length/.test(text))
    return new ApiError(
      400,
      `One of the texts is longer than ${model} takes. Cut it into pieces, or raise \`context\` of its weights in the config.`,
      { param: 'input', code: 'context_length_exceeded' },
    );
  return null;
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
