import type { Sampling, Tool, ToolChoice } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import type { Understood } from '../dialect.ts';
import { readFields, unknownFields } from '../fields.ts';
import { parseMessages } from './parse-messages.ts';
import { asksNothing, type OpenaiRequest, openaiRequest, REFUSED } from './request.ts';
import { jsonWriter, sseWriter } from './writers.ts';

/** Reads an OpenAI chat request. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseOpenai(body: unknown): Understood {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ApiError(400, 'The body must be a JSON object with `model` and `messages`.');
  refuse(body);
  const fields = readFields(openaiRequest, body);
  const stream = fields.stream ?? false;
  return {
    request: toRequest(fields, stream),
    ignored: unknownFields(openaiRequest, body),
    user: fields.user ?? null,
    metadata: fields.metadata ?? null,
    writer: (res, receipt) =>
      stream
        ? sseWriter(res, receipt, fields.stream_options?.include_usage ?? false)
        : jsonWriter(res, receipt),
  };
}

function refuse(body: object): void {
  for (const [name, value] of Object.entries(body)) {
    if (Object.hasOwn(REFUSED, name) && !asksNothing(value))
      throw new ApiError(400, `\`${name}\` cannot be honoured: ${REFUSED[name]}.`, {
        param: name,
        code: 'unsupported',
      });
    if (name === 'modalities' && Array.isArray(value) && value.some((kind) => kind !== 'text'))
      throw new ApiError(400, '`modalities` can only be ["text"]: local models answer in text.', {
        param: name,
        code: 'unsupported',
      });
  }
}

function toRequest(fields: OpenaiRequest, stream: boolean): Understood['request'] {
  const tools = toTools(fields);
  const format = fields.response_format;
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens;
  return {
    model: fields.model,
    messages: parseMessages(fields.messages),
    tools,
    toolChoice: toToolChoice(fields, tools),
    parallelToolCalls: fields.parallel_tool_calls ?? true,
    sampling: toSampling(fields),
    sees: stream ? 'everything' : 'nothing',
    ...(format?.type === 'json_object' && { format: { type: format.type } }),
    ...(format?.type === 'json_schema' && {
      format: { type: format.type, schema: format.json_schema.schema },
    }),
    ...(maxTokens != null && { maxTokens }),
    ...(fields.logprobs && { topLogprobs: fields.top_logprobs ?? 0 }),
    ...(fields.reasoning_effort && { effort: fields.reasoning_effort }),
  };
}

function toSampling(fields: OpenaiRequest): Sampling {
  const stop = typeof fields.stop === 'string' ? [fields.stop] : fields.stop;
  return {
    ...(fields.temperature != null && { temperature: fields.temperature }),
    ...(fields.top_p != null && { topP: fields.top_p }),
    ...(fields.top_k != null && { topK: fields.top_k }),
    ...(fields.min_p != null && { minP: fields.min_p }),
    ...(fields.seed != null && { seed: fields.seed }),
    ...(stop?.length && { stop }),
    ...(fields.frequency_penalty != null && { frequencyPenalty: fields.frequency_penalty }),
    ...(fields.presence_penalty != null && { presencePenalty: fields.presence_penalty }),
  };
}

function toTools(fields: OpenaiRequest): Tool[] {
  if (fields.tool_choice === 'none') return [];
  return (fields.tools ?? []).map(({ function: tool }) => ({
    name: tool.name,
    parameters: tool.parameters ?? { type: 'object', properties: {} },
    ...(tool.description !== undefined && { description: tool.description }),
  }));
}

function toToolChoice(fields: OpenaiRequest, tools: Tool[]): ToolChoice {
  const choice = fields.tool_choice ?? 'auto';
  if (choice === 'auto' || choice === 'none') return choice;
  if (tools.length === 0)
    throw new ApiError(400, '`tool_choice` asks for a call, and `tools` names none.', {
      param: 'tool_choice',
    });
  if (choice === 'required') return choice;
  const { name } = choice.function;
  if (!tools.some((tool) => tool.name === name))
    throw new ApiError(400, `\`tool_choice\` names ${name}, which is not among \`tools\`.`, {
      param: 'tool_choice',
    });
  return { name };
}
