import type { Effort } from '../../chat/types.ts';
import { forHeader, objectBody, readFields, unknownFields } from '../body.ts';
import type { Understood } from '../dialect.ts';
import { toSampling } from '../sampling.ts';
import { isBilling, parseMessages } from './parse-messages.ts';
import { type AnthropicRequest, anthropicRequest, type CountRequest } from './request.ts';
import { foreignTools, toToolChoice, toTools } from './tools.ts';
import { eventsWriter, messageWriter } from './writers.ts';

/** Reads a request for a message. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseAnthropic(json: unknown): Understood {
  const body = objectBody(json, '`model`, `max_tokens` and `messages`');
  const fields = readFields(anthropicRequest, body);
  const shown = showsThinking(fields);
  return {
    request: toRequest(fields, shown),
    ignored: forHeader([...unknownFields(anthropicRequest, body), ...withoutEffect(fields)]),
    user: fields.metadata?.user_id ?? null,
    metadata: null,
    writer: (res, receipt) =>
      fields.stream ? eventsWriter(res, receipt, shown) : messageWriter(res, receipt, shown),
  };
}

function toRequest(fields: AnthropicRequest, shown: boolean): Understood['request'] {
  const tools = toTools(fields);
  const choice = fields.tool_choice;
  const format = fields.output_config?.format ?? fields.output_format;
  const effort = effortOf(fields);
  return {
    model: fields.model,
    messages: parseMessages(fields),
    tools,
    toolChoice: toToolChoice(fields, tools),
    parallelToolCalls: !(choice && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use),
    sampling: toSampling({ ...fields, stop: fields.stop_sequences }),
    sees: fields.stream ? (shown ? 'everything' : 'text') : 'nothing',
    maxTokens: fields.max_tokens,
    ...(format && { format: { type: format.type, schema: format.schema } }),
    ...(effort && { effort }),
  };
}

/**
 * Whether a model thinks is the tier's business where the client leaves it to the model. Claude Code asks for it of every
 * model, so one that cannot is no failure.
 */
function effortOf({ thinking }: CountRequest): Effort | undefined {
  if (thinking?.type === 'disabled') return 'none';
  return thinking?.type === 'enabled' ? 'if-able' : undefined;
}

/** A client that did not ask for thoughts takes the first block for the answer. */
function showsThinking({ thinking }: CountRequest): boolean {
  return thinking != null && thinking.type !== 'disabled' && thinking.display !== 'omitted';
}

/** What is understood, and changes nothing here. */
function withoutEffect(fields: AnthropicRequest): string[] {
  return [
    ...(fields.thinking?.budget_tokens != null ? ['thinking.budget_tokens'] : []),
    ...(fields.output_config?.effort != null ? ['output_config.effort'] : []),
    ...(fields.system?.some(isBilling) ? ['system.x-anthropic-billing-header'] : []),
    ...foreignTools(fields).map((type) => `tools.${type}`),
  ];
}
