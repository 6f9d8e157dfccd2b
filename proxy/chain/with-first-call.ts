import type { ChatEvent, Complete } from '../chat/types.ts';

/** Honours `parallel_tool_calls: false`: of the calls of one answer only the first is kept. */
export function withFirstCall(complete: Complete): Complete {
  return (request, signal) => {
    const events = complete(request, signal);
    return request.parallelToolCalls ? events : firstCalls(events);
  };
}

async function* firstCalls(events: AsyncIterable<ChatEvent>): AsyncGenerator<ChatEvent> {
  let called = false;
  for await (const event of events) {
    if (event.type === 'attempt') called = false;
    if (event.type !== 'delta' || !event.toolCalls) {
      yield event;
      continue;
    }
    const { toolCalls, ...delta } = event;
    if (!called) yield { ...delta, toolCalls: toolCalls.slice(0, 1) };
    else if (delta.text || delta.reasoning) yield delta;
    called = true;
  }
}
