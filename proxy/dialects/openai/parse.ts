import type { Sampling, Tool, ToolChoice } from '../../chat/types.ts';
import { objectBody, readFields, refuse, unknownFields, unsupported } from '../body.ts';
import type { Understood } from '../dialect.ts';
import { checkedChoice, NO_PARAMETERS } from '../tools.ts';
import { parseMessages } from './parse-messages.ts';
import { type OpenaiRequest, openaiRequest, REFUSED } from './request.ts';
import { sseWriter, wholeWriter } from './writers.ts';

/** Reads an OpenAI chat request. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseOpenai(json: unknown): Understood {
  const body = objectBody(json, '`model` and `messages`');
  refuse(body, REFUSED);
  refuseOtherModalities(body);
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
        : wholeWriter(res, receipt),
  };
}

function refuseOtherModalities(body: object): void {
  if (!('modalities' in body && Array.isArray(body.modalities))) return;
  if (body.modalities.some((kind) => kind !== 'text'))
    throw unsupported('modalities', '`modalities` can only be ["text"]: local models answer in text.');
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
    parameters: tool.parameters ?? NO_PARAMETERS,
    ...(tool.description !== undefined && { description: tool.description }),
  }));
}

function toToolChoice({ tool_choice: choice }: OpenaiRequest, tools: Tool[]): ToolChoice {
  return checkedChoice(
    typeof choice === 'object' && choice ? { name: choice.function.name } : (choice ?? 'auto'),
    tools,
  );
}
