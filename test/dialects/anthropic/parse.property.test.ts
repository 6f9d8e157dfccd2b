import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnthropic } from '../../../proxy/dialects/anthropic/parse.ts';
import { anthropicRequest } from '../../../proxy/dialects/anthropic/request.ts';
import { ApiError } from '../../../proxy/errors.ts';
import { anyText, INHERITED } from '../../helpers/arbitraries.ts';
import { complaint, refusalsNameTheField } from '../complaint.ts';

const text = anyText();
const texts = fc.array(text, { minLength: 1, maxLength: 3 });
const json = fc
  .jsonValue({ noUnicodeString: false })
  .filter((value) => !JSON.stringify(value).includes('__proto__'));
const block = (said: string) => ({ type: 'text', text: said, cache_control: { type: 'ephemeral' } });

/** What a client writes, with what is to become of it. */
type Turn = { sent: object[]; read: object[] };

const plain = fc
  .tuple(fc.constantFrom('user', 'assistant', 'system'), text)
  .map(([role, said]): Turn => ({ sent: [{ role, content: said }], read: [{ role, text: said }] }));
const inBlocks = fc.tuple(texts, fc.array(fc.base64String({ minLength: 4 }), { maxLength: 2 })).map(
  ([said, images]): Turn => ({
    sent: [
      {
        role: 'user',
        content: [
          ...said.map(block),
          ...images.map((data) => ({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data },
          })),
        ],
      },
    ],
    read: [{ role: 'user', text: said.join('\n\n'), ...(images.length > 0 && { images }) }],
  }),
);
/** Calls of one turn with their results, which come in any order, and what the person says after them. */
const calls = fc
  .record({
    thought: text,
    made: fc.uniqueArray(
      fc.record({ id: text, name: text, input: json, answer: text, failed: fc.boolean() }),
      {
        selector: ({ id }) => id,
        minLength: 1,
        maxLength: 3,
      },
    ),
    turned: fc.boolean(),
    after: fc.option(texts),
  })
  .map(({ thought, made, turned, after }): Turn => {
    const results = made.map(({ id, answer, failed }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: turned ? [block(answer)] : answer,
      is_error: failed,
    }));
    const said = after?.join('\n\n') ?? '';
    return {
      sent: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: thought, signature: 's' },
            ...made.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
          ],
        },
        {
          role: 'user',
          content: [...(turned ? results.toReversed() : results), ...(after ?? []).map(block)],
        },
      ],
      read: [
        {
          role: 'assistant',
          text: '',
          toolCalls: made.map(({ id, name, input }) => ({ id, name, arguments: JSON.stringify(input) })),
        },
        ...made.map(({ id, name, answer, failed }) => ({
          role: 'tool',
          text: failed ? `Error: ${answer}` : answer,
          toolName: name,
          toolCallId: id,
        })),
        ...(said === '' ? [] : [{ role: 'user', text: said }]),
      ],
    };
  });
const messages = fc
  .array(fc.oneof(plain, inBlocks, calls), { minLength: 1, maxLength: 4 })
  .map((turns) => ({ sent: turns.flatMap((turn) => turn.sent), read: turns.flatMap((turn) => turn.read) }));

const share = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
/** Fields of a request by Anthropic's names, and what they are called inside. */
const SAMPLING = {
  temperature: ['temperature', share(1)],
  top_p: ['topP', share(1)],
  top_k: ['topK', fc.nat()],
  stop_sequences: ['stop', fc.array(anyText({ minLength: 1 }), { minLength: 1, maxLength: 8 })],
} as const;
const sampling = fc.record(
  Object.fromEntries(Object.entries(SAMPLING).map(([name, [, values]]) => [name, values])),
  { requiredKeys: [] },
);
const further = fc.record(
  {
    stream: fc.boolean(),
    system: fc.oneof(
      text,
      texts.map((all) => all.map(block)),
    ),
    thinking: fc.record({
      type: fc.constantFrom('enabled', 'adaptive', 'disabled'),
      display: fc.constantFrom('summarized', 'omitted', null),
    }),
    metadata: fc.record({ user_id: text }),
  },
  { requiredKeys: [] },
);
const body = fc
  .record({ model: anyText({ minLength: 1 }), max: fc.integer({ min: 1 }), messages, sampling, further })
  .map(({ model, max, messages: { sent, read }, sampling: knobs, further: rest }) => ({
    read,
    knobs,
    rest,
    // As it comes over the wire.
    sent: JSON.parse(JSON.stringify({ ...knobs, ...rest, model, max_tokens: max, messages: sent })),
  }))
  // Ids that a later turn uses again stand for the later call.
  .filter(({ sent }) => {
    const ids = JSON.stringify(sent.messages).match(/"tool_use","id":"(?:[^"\\]|\\.)*"/g) ?? [];
    return new Set(ids).size === ids.length;
  });

describe('a request that is accepted', () => {
  it('keeps every word and every knob', () => {
    fc.assert(
      fc.property(body, ({ sent, read, knobs, rest }) => {
        const { request, user, ignored } = parseAnthropic(sent);
        const { system } = sent;
        const first = typeof system === 'string' ? system : system?.map((one: { text: string }) => one.text);
        const told = [first].flat().filter((said) => said !== undefined);
        expect(request.messages).toEqual([
          ...(told.length > 0 ? [{ role: 'system', text: told.join('\n\n') }] : []),
          ...read,
        ]);
        const wanted = Object.entries(SAMPLING).flatMap(([name, [inside]]) =>
          name in knobs ? [[inside, sent[name]]] : [],
        );
        expect(request.sampling).toEqual(Object.fromEntries(wanted));
        expect(request).toMatchObject({ model: sent.model, maxTokens: sent.max_tokens, tools: [] });
        const shown =
          rest.thinking && rest.thinking.type !== 'disabled' && rest.thinking.display !== 'omitted';
        expect(request.sees).toBe(rest.stream ? (shown ? 'everything' : 'text') : 'nothing');
        const effort = { enabled: 'if-able', adaptive: undefined, disabled: 'none' };
        expect(request.effort).toBe(rest.thinking && effort[rest.thinking.type]);
        expect({ user, ignored }).toEqual({ user: rest.metadata?.user_id ?? null, ignored: [] });
      }),
    );
  });

  it('names what has no effect, whatever it is called, and is otherwise as without it', () => {
    const unknown = fc
      .oneof(anyText(), fc.constantFrom(...INHERITED))
      .filter((name) => !Object.hasOwn(anthropicRequest.shape, name));
    fc.assert(
      fc.property(body, unknown, fc.oneof(fc.constant(1), text), ({ sent }, name, given) => {
        // Only so does `__proto__` become a key like any other, as it does in a body.
        const odd = JSON.parse(
          `{${JSON.stringify(name)}:${JSON.stringify(given)},${JSON.stringify(sent).slice(1)}`,
        );
        const { ignored, request, user } = parseAnthropic(odd);
        const without = parseAnthropic(sent);
        expect(ignored).toEqual([name.replace(/[^\w.-]/g, '?').slice(0, 64)]);
        expect({ request, user }).toEqual({ request: without.request, user: without.user });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});

describe('a request that is refused', () => {
  it('is so with a message that names the field, whatever stands there', () => {
    refusalsNameTheField(
      parseAnthropic,
      body.map(({ sent }) => sent),
      Object.keys(anthropicRequest.shape),
    );
  });

  it('is so when a result has lost its call', () => {
    const lost = fc
      .tuple(body, text)
      .filter(([{ sent }, id]) => !JSON.stringify(sent).includes(JSON.stringify(id)));
    fc.assert(
      fc.property(lost, ([{ sent }, id]) => {
        const orphan = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id }] };
        const error = complaint(parseAnthropic, { ...sent, messages: [orphan, ...sent.messages] });
        expect(error?.param).toBe('messages.0.content.0.tool_use_id');
      }),
    );
  });

  it('is so when it is no object at all, or no messages that are any', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(complaint(parseAnthropic, value)).toBeInstanceOf(ApiError);
      }),
    );
    const role = fc.constantFrom('system', 'user', 'assistant', 'nobody');
    const type = fc.constantFrom('text', 'image', 'tool_use', 'tool_result', 'thinking', 'document', 'odd');
    const odd = fc.record({ type, text: fc.jsonValue(), source: fc.jsonValue(), content: fc.jsonValue() });
    const message = fc.record({ role, content: fc.oneof(fc.jsonValue(), fc.array(odd)) });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), message)), (given) => {
        const error = complaint(parseAnthropic, { model: 'm', max_tokens: 1, messages: given });
        if (error) expect(error.param).toMatch(/^messages/);
      }),
    );
  });
});
