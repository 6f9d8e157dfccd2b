import type { JsonObject, Message, ToolCall } from '../../chat/types.ts';

/** A conversation in OpenAI's spelling. */
export function toOpenai(messages: readonly Message[]): JsonObject[] {
  const open: ToolCall[] = [];
  return messages.map((message) => {
    open.push(...(message.toolCalls ?? []));
    return message.role === 'tool' ? toolResult(message, open) : spoken(message);
  });
}

/** A result says which call it is of; where the client's API has no ids, it is the first of that function still open. */
function toolResult({ text, toolCallId, toolName }: Message, open: ToolCall[]): JsonObject {
  const at = open.findIndex(({ id, name }) =>
    toolCallId === undefined ? name === toolName : id === toolCallId,
  );
  const [call] = at < 0 ? [] : open.splice(at, 1);
  return { role: 'tool', content: text, tool_call_id: toolCallId ?? call?.id ?? '' };
}

function spoken({ role, text, images, toolCalls }: Message): JsonObject {
  if (images && images.length > 0) {
    const seen = images.map((data) => ({ type: 'image_url', image_url: { url: dataUrl(data) } }));
    return { role, content: [...(text === '' ? [] : [{ type: 'text', text }]), ...seen] };
  }
  if (!toolCalls || toolCalls.length === 0) return { role, content: text };
  return {
    role,
    content: text === '' ? null : text,
    tool_calls: toolCalls.map(({ id, name, arguments: given }) => ({
      id,
      type: 'function',
      function: { name, arguments: given || '{}' },
    })),
  };
}

/** By their first bytes, in base64. */
const KINDS: [string, string][] = [
  ['/9j/', 'jpeg'],
  ['R0lGOD', 'gif'],
  ['UklGR', 'webp'],
];

function dataUrl(data: string): string {
  const kind = KINDS.find(([begin]) => data.startsWith(begin))?.[1] ?? 'png';
  return `data:image/${kind};base64,${data}`;
}
