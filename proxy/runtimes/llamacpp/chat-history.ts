import type { ChatHistoryItem, ChatModelResponse } from 'node-llama-cpp';
import type { Message } from '../../chat/types.ts';

/** Messages as node-llama-cpp wants them: a tool's result is part of the model's turn, and that turn comes last. */
export function toHistory(messages: readonly Message[]): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = [];
  const turn = (): ChatModelResponse => {
    const last = history.at(-1);
    if (last?.type === 'model') return last;
    const made: ChatModelResponse = { type: 'model', response: [] };
    history.push(made);
    return made;
  };
  for (const message of messages) {
    if (message.role === 'user') history.push({ type: 'user', text: message.text });
    else if (message.role === 'system') history.push({ type: 'system', text: message.text });
    else if (message.role === 'tool') addResult(turn(), message);
    else {
      const { response } = turn();
      if (message.text !== '') response.push(message.text);
      for (const { name, arguments: text } of message.toolCalls ?? [])
        response.push({ type: 'functionCall', name, params: JSON.parse(text || '{}'), result: undefined });
    }
  }
  if (history.at(-1)?.type !== 'model') turn();
  return history;
}

/** Results come in the order of their calls: the first call of that name without one gets it. */
function addResult({ response }: ChatModelResponse, { toolName, text }: Message): void {
  for (const item of response) {
    if (typeof item === 'string' || item.type !== 'functionCall' || item.name !== toolName) continue;
    if (item.result !== undefined) continue;
    item.result = text;
    return;
  }
}
