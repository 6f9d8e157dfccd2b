import type { Effort, Format } from '../../chat/types.ts';
import { forHeader, objectBody, readFields, refuse, unknownFields } from '../body.ts';
import type { Understood } from '../dialect.ts';
import { parseInput } from './parse-input.ts';
import { parseTools } from './parse-tools.ts';
import { LOGPROBS, REFUSED, type ResponsesRequest, responsesRequest } from './request.ts';
import { echoOf } from './response.ts';
import { eventWriter, wholeWriter } from './writers.ts';

/** Reads a request for a response. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseResponses(json: unknown): Understood {
  const body = objectBody(json, '`model` and `input`');
  refuse(body, REFUSED);
  const fields = readFields(responsesRequest, body);
  const { tools, toolChoice, called, kept, leftOut } = parseTools(
    fields.tools ?? [],
    fields.tool_choice ?? 'auto',
  );
  const input = parseInput(fields);
  const stream = fields.stream ?? false;
  const asked = { echo: echoOf(fields, kept), called, summary: wantsSummary(fields) };
  return {
    request: {
      ...toRequest(fields),
      messages: input.messages,
      tools,
      toolChoice,
      sees: stream ? 'everything' : 'nothing',
    },
    ignored: [
      ...unknownFields(responsesRequest, body),
      ...withoutEffect(fields),
      ...forHeader([...leftOut, ...input.leftOut]),
    ],
    user: fields.user ?? fields.safety_identifier ?? null,
    metadata: fields.metadata ?? null,
    writer: (res, receipt) => (stream ? eventWriter : wholeWriter)(res, receipt, asked),
  };
}

function toRequest(
  fields: ResponsesRequest,
): Omit<Understood['request'], 'messages' | 'tools' | 'toolChoice' | 'sees'> {
  const { temperature, top_p, max_output_tokens: maxTokens, top_logprobs: alternatives } = fields;
  const format = toFormat(fields);
  const effort = toEffort(fields);
  return {
    model: fields.model,
    parallelToolCalls: fields.parallel_tool_calls ?? true,
    sampling: { ...(temperature != null && { temperature }), ...(top_p != null && { topP: top_p }) },
    ...(format && { format }),
    ...(maxTokens != null && { maxTokens }),
    ...((alternatives || fields.include?.includes(LOGPROBS)) && { topLogprobs: alternatives ?? 0 }),
    ...(effort && { effort }),
  };
}

function toFormat({ text }: ResponsesRequest): Format | undefined {
  const format = text?.format;
  if (format?.type === 'json_object') return { type: format.type };
  return format?.type === 'json_schema' ? { type: format.type, schema: format.schema } : undefined;
}

/** No local model has more than three levels. */
function toEffort({ reasoning }: ResponsesRequest): Effort | undefined {
  const effort = reasoning?.effort ?? undefined;
  return effort === 'xhigh' || effort === 'max' ? 'high' : effort;
}

/** Clients that ask for a summary of the thoughts look for them nowhere else. */
function wantsSummary({ reasoning }: ResponsesRequest): boolean {
  return reasoning?.summary != null && reasoning.summary !== 'none';
}

/** Known fields that ask for what does not happen here. */
function withoutEffect(fields: ResponsesRequest): string[] {
  const asked: Record<string, boolean> = {
    include: fields.include?.some((what) => what !== LOGPROBS) ?? false,
    store: fields.store ?? false,
    // A prompt that is too long is an error: nothing is left out of it unseen.
    truncation: fields.truncation === 'auto',
    'text.verbosity': fields.text?.verbosity != null,
  };
  return Object.keys(asked).filter((name) => asked[name]);
}
