import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpenai } from '../../../proxy/dialects/openai/parse.ts';
import { REFUSED } from '../../../proxy/dialects/openai/request.ts';
import { ApiError } from '../../../proxy/errors.ts';
import { anyText, INHERITED } from '../../helpers/arbitraries.ts';
import { complaint, refusalsNameTheField } from '../complaint.ts';

const text = anyText();
const parts = fc.array(text, { minLength: 1, maxLength: 3 });

/** What a client writes, with what is to become of it. */
type Turn = { sent: object[]; read: object[] };

const system = fc
  .tuple(fc.constantFrom('system', 'developer'), text)
  .map(([role, content]): Turn => ({ sent: [{ role, content }], read: [{ role: 'system', text: content }] }));
const user = text.map(
  (content): Turn => ({ sent: [{ role: 'user', content }], read: [{ role: 'user', text: content }] }),
);
const userInParts = fc.tuple(parts, fc.array(fc.base64String({ minLength: 4 }), { maxLength: 2 })).map(
  ([texts, images]): Turn => ({
    sent: [
      {
        role: 'user',
        content: [
          ...texts.map((piece) => ({ type: 'text', text: piece })),
          ...images.map((data) => ({
            type: 'image_url',
            image_url: { url: `data:image/png;base64,${data}` },
          })),
        ],
      },
    ],
    read: [{ role: 'user', text: texts.join(''), ...(images.length > 0 && { images }) }],
  }),
);
const refusal = text.map(
  (said): Turn => ({
    sent: [{ role: 'assistant', content: null, refusal: said }],
    read: [{ role: 'assistant', text: said }],
  }),
);
const call = fc.tuple(text, text, fc.jsonValue(), text).map(([id, name, args, answer]): Turn => {
  const given = { name, arguments: JSON.stringify(args) };
  return {
    sent: [
      { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: given }] },
      { role: 'tool', tool_call_id: id, content: answer },
    ],
    read: [
      { role: 'assistant', text: '', toolCalls: [{ id, ...given }] },
      { role: 'tool', text: answer, toolName: name, toolCallId: id },
    ],
  };
});
const messages = fc
  .array(fc.oneof(system, user, userInParts, refusal, call), { minLength: 1, maxLength: 4 })
  .map((turns) => ({ sent: turns.flatMap((turn) => turn.sent), read: turns.flatMap((turn) => turn.read) }));

const share = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
/** Fields of a request by OpenAI's names, and what they are called inside. */
const SAMPLING = {
  temperature: ['temperature', share(2)],
  top_p: ['topP', share(1)],
  top_k: ['topK', fc.nat()],
  min_p: ['minP', share(1)],
  seed: ['seed', fc.maxSafeInteger()],
  stop: ['stop', fc.array(anyText({ minLength: 1 }), { minLength: 1, maxLength: 16 })],
  frequency_penalty: ['frequencyPenalty', fc.double({ min: -2, max: 2, noNaN: true })],
  presence_penalty: ['presencePenalty', fc.double({ min: -2, max: 2, noNaN: true })],
} as const;
const sampling = fc.record(
  Object.fromEntries(Object.entries(SAMPLING).map(([name, [, values]]) => [name, values])),
  { requiredKeys: [] },
);
const schema = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.jsonValue({ noUnicodeString: false }).filter((json) => !JSON.stringify(json).includes('__proto__')),
);
const further = fc.record(
  {
    stream: fc.boolean(),
    max_completion_tokens: fc.integer({ min: 1 }),
    response_format: schema.map((given) => ({
      type: 'json_schema' as const,
      json_schema: { name: 's', schema: given },
    })),
    parallel_tool_calls: fc.boolean(),
    reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high'),
    user: text,
    metadata: fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      text,
    ),
  },
  { requiredKeys: [] },
);
const body = fc
  .record({ model: anyText({ minLength: 1 }), messages, sampling, further })
  .map(({ model, messages: { sent, read }, sampling: knobs, further: rest }) => ({
    read,
    knobs,
    rest,
    // As it comes over the wire.
    sent: JSON.parse(JSON.stringify({ ...knobs, ...rest, model, messages: sent })),
  }));

describe('a request that is accepted', () => {
  it('keeps every word and every knob', () => {
    fc.assert(
      fc.property(body, ({ sent, read, knobs, rest }) => {
        const { request, user: who, metadata, ignored } = parseOpenai(sent);
        expect(request.messages).toEqual(read);
        const wanted = Object.entries(SAMPLING).flatMap(([name, [inside]]) =>
          name in knobs ? [[inside, sent[name]]] : [],
        );
        expect(request.sampling).toEqual(Object.fromEntries(wanted));
        expect(request).toMatchObject({
          model: sent.model,
          sees: rest.stream ? 'everything' : 'nothing',
          parallelToolCalls: rest.parallel_tool_calls ?? true,
        });
        expect(request.maxTokens).toBe(rest.max_completion_tokens);
        expect(request.effort).toBe(rest.reasoning_effort);
        const format = sent.response_format;
        expect(request.format).toEqual(format && { type: format.type, schema: format.json_schema.schema });
        expect({ who, metadata, ignored }).toEqual({
          who: rest.user ?? null,
          metadata: rest.metadata ?? null,
          ignored: [],
        });
      }),
    );
  });

  it('says the same in whatever order its keys stand, and with nulls for what is left out', () => {
    fc.assert(
      fc.property(body, fc.infiniteStream(fc.nat()), ({ sent }, order) => {
        const nulls = Object.fromEntries(Object.keys(SAMPLING).map((name) => [name, null]));
        const keys = Object.entries({ ...nulls, ...sent })
          .map((entry) => ({ entry, at: order.next().value }))
          .sort((a, b) => a.at - b.at);
        const shuffled = Object.fromEntries(keys.map(({ entry }) => entry));
        expect(JSON.stringify(parseOpenai(shuffled))).toBe(JSON.stringify(parseOpenai(sent)));
      }),
    );
  });

  it('names what has no effect, whatever it is called, and is otherwise as without it', () => {
    const unknown = fc
      .oneof(anyText(), fc.constantFrom(...INHERITED))
      .filter((name) => !(name in SAMPLING) && name !== 'modalities');
    const value = fc.oneof(fc.constant(1), text);
    fc.assert(
      fc.property(body, unknown, value, ({ sent }, name, given) => {
        fc.pre(!(name in REFUSED && Object.hasOwn(REFUSED, name)));
        // Only so does `__proto__` become a key like any other, as it does in a body.
        const odd = JSON.parse(
          `{${JSON.stringify(name)}:${JSON.stringify(given)},${JSON.stringify(sent).slice(1)}`,
        );
        const { ignored, request, user: who, metadata } = parseOpenai(odd);
        const without = parseOpenai(sent);
        expect(ignored).toEqual([name.replace(/[^\w.-]/g, '?').slice(0, 64)]);
        expect({ request, who, metadata }).toEqual({
          request: without.request,
          who: without.user,
          metadata: without.metadata,
        });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});

describe('a request that is refused', () => {
  const KNOWN = [...Object.keys(SAMPLING), 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens'];
  const fields = [
    ...[...KNOWN, 'model', 'messages', 'response_format', 'tools', 'tool_choice', 'parallel_tool_calls'],
    ...['reasoning_effort', 'user', 'metadata', 'n', 'logprobs', 'top_logprobs', ...Object.keys(REFUSED)],
  ];

  it('is so with a message that names the field, whatever stands there', () => {
    refusalsNameTheField(
      parseOpenai,
      body.map(({ sent }) => sent),
      fields,
    );
  });

  it('is so for a number that no runtime takes', () => {
    const numbers = fc.constantFrom(...Object.keys(SAMPLING).filter((name) => name !== 'stop'));
    const huge = fc.constantFrom('1e400', '-1e400', '9007199254740993', '1e300', '-3');
    fc.assert(
      fc.property(body, numbers, huge, ({ sent }, name, number) => {
        const json = JSON.stringify({ ...sent, [name]: 0 }).replace(`"${name}":0`, `"${name}":${number}`);
        fc.pre(!(name === 'seed' && number === '-3'));
        expect(complaint(parseOpenai, JSON.parse(json))?.param).toBe(name);
      }),
    );
  });

  it('is so when it is no object at all, or no messages that are any', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(complaint(parseOpenai, json)).toBeInstanceOf(ApiError);
      }),
    );
    const role = fc.constantFrom('system', 'user', 'assistant', 'tool', 'nobody');
    const odd = fc.record({ role, content: fc.jsonValue(), tool_calls: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), odd)), (json) => {
        const error = complaint(parseOpenai, { model: 'm', messages: json });
        if (error) expect(error.param).toMatch(/^messages/);
      }),
    );
  });
});
