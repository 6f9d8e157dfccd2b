import { ApiError } from '../../errors.ts';
import { objectBody, readFields, refuse, unknownFields, unsupported } from '../body.ts';
import type { Understood } from '../dialect.ts';
import { hasTokens } from '../has-tokens.ts';
import { toSampling } from '../sampling.ts';
import { type CompletionsRequest, completionsRequest, REFUSED } from './request.ts';
import { eventsWriter, wholeWriter } from './writers.ts';

/** OpenAI's own default. What it cuts says so: its `finish_reason` is `length`. */
const MAX_TOKENS = 16;

/** Reads an OpenAI completions request. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseCompletions(json: unknown): Understood {
  const body = objectBody(json, '`model` and `prompt`');
  refuse(body, REFUSED);
  if ('prompt' in body && hasTokens(body.prompt))
    throw unsupported('prompt', '`prompt` must be text: numbers of tokens mean something to one model only.');
  const fields = readFields(completionsRequest, body);
  const prompt = typeof fields.prompt === 'string' ? fields.prompt : fields.prompt[0];
  // Editors send an empty one at the end of a file.
  const suffix = fields.suffix || undefined;
  if (prompt === '' && suffix === undefined)
    throw new ApiError(400, '`prompt` is empty: there is nothing that could go on.', { param: 'prompt' });
  if (fields.echo && fields.logprobs != null)
    throw unsupported('echo', '`echo` and `logprobs` together would want those of the prompt; send one.');
  const echo = fields.echo ? prompt : '';
  return {
    request: toRequest(fields, prompt, suffix),
    ignored: unknownFields(completionsRequest, body),
    user: fields.user ?? null,
    metadata: null,
    writer: (res, receipt) =>
      fields.stream
        ? eventsWriter(res, receipt, echo, fields.stream_options?.include_usage ?? false)
        : wholeWriter(res, receipt, echo),
  };
}

function toRequest(
  fields: CompletionsRequest,
  prompt: string,
  suffix: string | undefined,
): Understood['request'] {
  return {
    model: fields.model,
    task: { kind: 'complete', prompt, ...(suffix !== undefined && { suffix }) },
    messages: [],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    sampling: toSampling(fields),
    maxTokens: fields.max_tokens ?? MAX_TOKENS,
    sees: fields.stream ? 'everything' : 'nothing',
    ...(fields.logprobs != null && { topLogprobs: fields.logprobs }),
  };
}
