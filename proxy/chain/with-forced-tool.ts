import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { addToAnswer, emptyAnswer } from '../chat/answer.ts';
import type { ChatEvent, ChatRequest, Complete, Json, JsonObject, Tool, ToolCall } from '../chat/types.ts';

/**
 * Honours `tool_choice: required` (or one named function): no local runtime can force a call, but each can force
 * JSON of a given shape. So the model is asked for the call as JSON, and that is turned into the tool call.
 */
export function withForcedTool(complete: Complete): Complete {
  return (request, signal) => {
    const { toolChoice } = request;
    if (toolChoice === 'auto' || toolChoice === 'none') return complete(request, signal);
    const tools =
      toolChoice === 'required'
        ? request.tools
        : request.tools.filter(({ name }) => name === toolChoice.name);
    return toCalls(complete(asJson(request, tools), signal));
  };
}

function asJson(request: ChatRequest, tools: Tool[]): ChatRequest {
  const list = tools
    .map(({ name, description }) => `- ${name}${description ? `: ${description}` : ''}`)
    .join('\n');
  const text = `Call exactly one of these functions:\n${list}\nWrite only JSON: {"name": the function, "arguments": its arguments}.`;
  const [system, ...others] = request.messages;
  const messages =
    system?.role === 'system'
      ? [{ ...system, text: `${system.text}\n\n${text}` }, ...others]
      : [{ role: 'system' as const, text }, ...request.messages];
  return {
    ...request,
    messages,
    tools: [],
    toolChoice: 'auto',
    format: { type: 'json_schema', schema: callSchema(tools) },
    // Nothing of the JSON is shown until it is whole, so another link may still take over.
    sees: 'nothing',
  };
}

function callSchema(tools: Tool[]): JsonObject {
  const branches = tools.map(
    ({ name, parameters }): JsonObject => ({
      type: 'object',
      properties: { name: { const: name }, arguments: parameters },
      required: ['name', 'arguments'],
      additionalProperties: false,
    }),
  );
  const [only] = branches;
  return branches.length === 1 && only ? only : { anyOf: branches };
}

const call = z.object({ name: z.string(), arguments: z.json() });

/** Thoughts wait for the end as well: a client that has seen one link's must not get another link's call. */
async function* toCalls(events: AsyncIterable<ChatEvent>): AsyncGenerator<ChatEvent> {
  const answer = emptyAnswer();
  for await (const event of events) {
    if (event.type !== 'finish') {
      addToAnswer(answer, event);
      if (event.type !== 'delta') yield event;
      continue;
    }
    const { text, reasoning } = answer;
    const toolCall = event.reason === 'length' ? undefined : parseCall(text);
    const thought = reasoning !== '' && { reasoning };
    // Cut short: what there is of the call is shown as it is, and the finish tells why.
    yield { type: 'delta', ...thought, ...(toolCall ? { toolCalls: [toolCall] } : { text }) };
    yield toolCall ? { ...event, reason: 'tool_calls' } : event;
  }
}

function parseCall(text: string): ToolCall | undefined {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = call.safeParse(json);
  if (!parsed.success) return undefined;
  const id = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  return { id, name: parsed.data.name, arguments: JSON.stringify(parsed.data.arguments) };
}
