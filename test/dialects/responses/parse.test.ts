import { describe, expect, it } from 'vitest';
import { parseResponses } from '../../../proxy/dialects/responses/parse.ts';

const parse = (fields: object) => parseResponses({ model: 'm', input: 'x', ...fields });
const search = { type: 'web_search' };
const find = { type: 'function', name: 'find' };
const notes = { type: 'namespace', name: 'notes', tools: [find, { type: 'custom', name: 'patch' }] };

describe('a response that cannot be given', () => {
  it.each([
    ['input.0.call_id', { input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }] }],
    ['input.0', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input.0', { input: [{ id: 'msg_1' }] }],
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['tool_choice', { tools: [search], tool_choice: { type: 'web_search' } }],
    ['tool_choice', { tools: [search], tool_choice: 'required' }],
    ['tool_choice', { tools: [notes], tool_choice: { type: 'function', name: 'find' } }],
  ])('is refused for its %s', (param, fields) => {
    expect(() => parse(fields)).toThrow(expect.objectContaining({ status: 400, param }));
  });
});

describe('tools of a response', () => {
  it('are left out where OpenAI runs them, and named', () => {
    const { request, ignored } = parse({ tools: [search, find, notes] });
    expect(request.tools.map(({ name }) => name)).toEqual(['find', 'notes__find']);
    expect(ignored).toEqual(['tools.web_search', 'tools.notes.patch']);
  });

  it('have one name inside, also where they are demanded or were called', () => {
    const { request } = parse({
      input: [
        { type: 'function_call', call_id: 'c', namespace: 'notes', name: 'find', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'none' },
      ],
      tools: [notes],
      tool_choice: { type: 'function', namespace: 'notes', name: 'find' },
    });
    expect(request.toolChoice).toEqual({ name: 'notes__find' });
    expect(request.messages).toMatchObject([
      { toolCalls: [{ name: 'notes__find' }] },
      { role: 'tool', toolName: 'notes__find', text: 'none' },
    ]);
  });
});
