import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResponses } from '../../../proxy/dialects/responses/parse.ts';
import { REFUSED, responsesRequest } from '../../../proxy/dialects/responses/request.ts';
import { anyText } from '../../helpers/arbitraries.ts';
import { refusalsNameTheField } from '../complaint.ts';

const text = anyText();

/** What a client writes, with what is to become of it. */
type Turn = { sent: object[]; read: object[] };

const user = fc
  .tuple(
    fc.array(text, { minLength: 1, maxLength: 3 }),
    fc.array(fc.base64String({ minLength: 4 }), { maxLength: 2 }),
  )
  .map(([texts, images]): Turn => {
    const content = [
      ...texts.map((piece) => ({ type: 'input_text', text: piece })),
      ...images.map((data) => ({ type: 'input_image', image_url: `data:image/png;base64,${data}` })),
    ];
    return {
      sent: [{ type: 'message', role: 'user', content }],
      read: [{ role: 'user', text: texts.join(''), ...(images.length > 0 && { images }) }],
    };
  });
const assistant = text.map(
  (said): Turn => ({
    sent: [{ role: 'assistant', content: [{ type: 'output_text', text: said }] }],
    read: [{ role: 'assistant', text: said }],
  }),
);
const thoughts = text.map(
  (said): Turn => ({
    sent: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: said }] }],
    read: [],
  }),
);
/** A call belongs to the words before it, so a user's stand there. */
const call = fc.tuple(text, text, fc.jsonValue(), text).map(([id, name, args, output]): Turn => {
  const given = { name, arguments: JSON.stringify(args) };
  return {
    sent: [
      { role: 'user', content: 'do' },
      { type: 'function_call', call_id: id, ...given },
      { type: 'function_call_output', call_id: id, output },
    ],
    read: [
      { role: 'user', text: 'do' },
      { role: 'assistant', text: '', toolCalls: [{ id, ...given }] },
      { role: 'tool', text: output, toolName: name, toolCallId: id },
    ],
  };
});
const input = fc
  .array(fc.oneof(user, assistant, thoughts, call), { minLength: 1, maxLength: 4 })
  .map((turns) => ({ sent: turns.flatMap((turn) => turn.sent), read: turns.flatMap((turn) => turn.read) }));
const further = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    max_output_tokens: fc.integer({ min: 1 }),
    stream: fc.boolean(),
    parallel_tool_calls: fc.boolean(),
    user: text,
    instructions: anyText({ minLength: 1 }),
  },
  { requiredKeys: [] },
);
const body = fc.record({ model: anyText({ minLength: 1 }), input, further }).map((given) => ({
  read: given.input.read,
  rest: given.further,
  // As it comes over the wire.
  sent: JSON.parse(JSON.stringify({ ...given.further, model: given.model, input: given.input.sent })),
}));

describe('a request for a response', () => {
  it('keeps every word', () => {
    fc.assert(
      fc.property(body, ({ sent, read, rest }) => {
        const { request, user: who, ignored } = parseResponses(sent);
        const first = rest.instructions === undefined ? [] : [{ role: 'system', text: rest.instructions }];
        expect(request.messages).toEqual([...first, ...read]);
        expect(request.sampling).toEqual('temperature' in sent ? { temperature: sent.temperature } : {});
        expect(request.maxTokens).toBe(rest.max_output_tokens);
        expect(request).toMatchObject({
          model: sent.model,
          sees: rest.stream ? 'everything' : 'nothing',
          parallelToolCalls: rest.parallel_tool_calls ?? true,
        });
        expect({ who, ignored }).toEqual({ who: rest.user ?? null, ignored: [] });
      }),
    );
  });

  it('is refused with a message that names the field, whatever stands there', () => {
    refusalsNameTheField(
      parseResponses,
      body.map(({ sent }) => sent),
      [...Object.keys(responsesRequest.shape), ...Object.keys(REFUSED)],
    );
  });
});
