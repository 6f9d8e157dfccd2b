import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiError, LinkFailure } from '../../../proxy/errors.ts';
import { isLoadingStill } from '../../../proxy/runtimes/openai/failures.ts';
import type { Fault } from '../../fake-openai/faults.ts';
import { FakeOpenai } from '../../fake-openai/server.ts';
import { chatRequest, never, textOf } from '../../helpers/requests.ts';
import { failureOf, finishOf, link, SECRET, startBox } from './kit.ts';

describe('a server that refuses', () => {
  it.each<[Fault, Partial<LinkFailure>, RegExp]>([
    ['busy', { reason: 'http_5xx', counts: false, retryAfter: 7 }, /429: Rate limit reached/],
    ['overloaded', { reason: 'http_5xx', counts: true, retryAfter: null }, /503: The server is overloaded/],
    ['missing', { reason: 'missing' }, /does not have m-1 .*`m-1` does not exist/],
    ['bad gateway', { reason: 'http_5xx' }, /502: 502 Bad Gateway$/],
    ['redirect', { reason: 'connection' }, /sends on to https:\/\/elsewhere\.example.*as its `url`/],
  ])('%s', async (fault, facts, words) => {
    const { ask, fake } = await startBox();
    fake.behaviour = { fault };
    const error = await failureOf(ask('hi'));
    expect(error).toBeInstanceOf(LinkFailure);
    expect(error).toMatchObject({ ...facts, message: expect.stringMatching(words) });
  });

  it('a prompt that is too long says so, with both figures', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { fault: 'overflow' };
    expect(await failureOf(ask('hi'))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'messages',
      message: expect.stringContaining('has 6030 tokens and big takes 2048'),
    });
  });

  it('is not there', async () => {
    const { ask, fake } = await startBox();
    await fake.close();
    expect(await failureOf(ask('hi'))).toMatchObject({
      reason: 'connection',
      message: expect.stringContaining(`nobody answers at ${new URL(fake.url).origin}`),
    });
  });

  it('is at another path', async () => {
    const { ask } = await startBox();
    const other = await FakeOpenai.start({ models: [] });
    onTestFinished(() => other.close());
    const lost = await startBox({ config: { url: other.url.replace('/v1', '/api') } });
    expect(await failureOf(lost.ask('hi'))).toMatchObject({
      reason: 'missing',
      message: expect.stringContaining('mostly ends in /v1'),
    });
    expect(textOf(await ask('hi'))).toBe('echo: hi');
  });

  it('is asked again while it loads, and tells so', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { loading: 2 };
    const events = await ask('hi');
    expect(events.slice(0, 2)).toEqual([
      { type: 'load', state: 'loading' },
      { type: 'load', state: 'loaded' },
    ]);
    expect(textOf(events)).toBe('echo: hi');
    expect(fake.chats).toHaveLength(3);
    expect(isLoadingStill({ status: 500, error: { message: 'Loading model' } as never })).toBe(false);
  });
});

describe('a server that breaks off', () => {
  it.each<[Fault, RegExp]>([
    ['reset', /broke off its answer/],
    ['ends early', /without saying that it is done/],
    ['no json', /no JSON: Internal Server Error/],
    ['cut event', /no JSON: \{"choices"/],
    ['error event', /broke off: CUDA out of memory/],
    ['endless event', /an event without an end/],
    ['aborts', /ended the answer by "abort"/],
    ['no finish', /without saying that it is done/],
  ])('%s: a crash, never a finish', async (fault, words) => {
    const { runtime, fake } = await startBox();
    fake.behaviour = { fault };
    const seen: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const event of runtime.complete(link())(chatRequest('make toast'), never()))
          seen.push(event.type);
      })(),
    );
    expect(error).toMatchObject({
      name: 'LinkFailure',
      reason: 'crash',
      message: expect.stringMatching(words),
    });
    expect(seen).not.toContain('finish');
    expect(seen[0]).toBe('delta');
  });

  it.each<Fault>(['no done', 'reset after finish'])('%s: the answer was whole', async (fault) => {
    const { ask, fake } = await startBox();
    fake.behaviour = { fault };
    const events = await ask('make toast');
    expect(textOf(events)).toBe('echo: make toast');
    expect(finishOf(events)).toMatchObject({ reason: 'stop' });
  });
});

describe('what a server does not take', () => {
  it('is left out from then on when it is a nicety, and asked for anew after the config was read', async () => {
    const { ask, fake, runtime } = await startBox();
    fake.behaviour = { refuses: { stream_options: "Unrecognized request argument supplied: '*'" } };
    expect(finishOf(await ask('one'))).toMatchObject({
      usage: { promptTokens: null, completionTokens: null },
    });
    await ask('two');
    expect(fake.chats.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
    runtime.reloaded();
    fake.behaviour = {};
    expect(finishOf(await ask('three'))).toMatchObject({ usage: { promptTokens: 7 } });
  });

  it('goes under its other name', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = {
      refuses: {
        max_tokens:
          "Unsupported parameter: '*' is not supported with this model. Use 'max_completion_tokens' instead.",
      },
    };
    await ask('hi', { maxTokens: 5 });
    await ask('hi', { maxTokens: 6 });
    expect(fake.chats.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [5, undefined],
      [undefined, 5],
      [undefined, 6],
    ]);
  });

  it('beside json_object is left out', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { refuses: { 'response_format.schema': "Unknown parameter: '*'." } };
    const format = { type: 'json_object' as const };
    for (const _ of [1, 2]) expect(textOf(await ask('hi', { format }))).toBe('echo: hi');
    expect(fake.chats.map(({ body }) => body.response_format)).toEqual([
      { type: 'json_object', schema: { type: 'object' } },
      { type: 'json_object' },
      { type: 'json_object' },
    ]);
  });

  it('of reasoning goes as a level', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { refuses: { chat_template_kwargs: 'Unrecognized request argument supplied: *' } };
    await ask('hi', {}, link({ settings: { ...link().settings, think: false } }));
    expect(fake.chats.at(-1)?.body).toMatchObject({ reasoning_effort: 'none' });
    await ask('hi', { effort: 'low' });
    expect(fake.chats.at(-1)?.body).toMatchObject({ reasoning_effort: 'low' });
  });

  it.each([
    ['top_k', { sampling: { topK: 5 } }, 'Unrecognized request argument supplied: *'],
    ['logprobs', { topLogprobs: 0 }, 'This model does not support * output'],
    [
      'response_format',
      { format: { type: 'json_object' as const } },
      'response_format is not supported by this model',
    ],
    [
      'tools',
      { tools: [{ name: 'f', parameters: {} }] },
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    ],
    ['reasoning_effort', { effort: 'low' as const }, 'Unrecognized request argument supplied: *'],
  ])(
    'and decides the answer (%s) is an error that names it, at once the second time',
    async (field, fields, words) => {
      const { ask, fake } = await startBox();
      fake.behaviour = { refuses: { [field]: words } };
      for (const _ of [1, 2]) {
        const error = await failureOf(ask('hi', fields));
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({ status: 400, param: field, code: 'unsupported' });
      }
      expect(fake.chats).toHaveLength(1);
      expect(textOf(await ask('hi'))).toBe('echo: hi');
    },
  );

  it('is told apart from a value that is wrong, which is of that request alone', async () => {
    const { ask, fake } = await startBox();
    const words = [
      "Invalid schema for response_format 'answer': In context=(), 'oneOf' is not permitted.",
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
    ];
    fake.behaviour = { refuses: { response_format: words[0] ?? '', temperature: words[1] ?? '' } };
    const format = { type: 'json_schema' as const, schema: { oneOf: [] } };
    expect(await failureOf(ask('hi', { format }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('oneOf'),
    });
    const sampling = { temperature: 0.5 };
    expect(await failureOf(ask('hi', { sampling }))).toMatchObject({ status: 400 });
    await failureOf(ask('hi', { sampling }));
    fake.behaviour = {};
    expect(textOf(await ask('hi', { format, sampling }))).toBe('echo: hi');
  });

  it('is of one model, not of all on that server', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { refuses: { seed: 'Unknown parameter: seed' } };
    await failureOf(ask('hi', { sampling: { seed: 1 } }));
    fake.behaviour = {};
    expect(textOf(await ask('hi', { sampling: { seed: 1 } }, link({}, 'm-2')))).toBe('echo: hi');
  });
});

describe('the key', () => {
  it('is sent as a bearer token, beside further headers, some of them secret', async () => {
    const { ask, fake } = await startBox({
      key: SECRET,
      config: { key: { env: 'BOX_KEY' }, headers: { 'x-team': 'toast', 'x-second': { keychain: 'box' } } },
    });
    await ask('hi');
    expect(fake.chats[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'x-team': 'toast',
      'x-second': SECRET,
    });
  });

  it('that is refused is told of once, says where it is, and never what', async () => {
    const { ask, warnings, runtime } = await startBox({
      key: 'another',
      config: { key: { env: 'BOX_KEY' } },
    });
    for (const _ of [1, 2, 3]) {
      const error = await failureOf(ask('hi'));
      expect(error).toMatchObject({
        reason: 'unauthorized',
        message: expect.stringMatching(
          /refuses the key \(401: Incorrect API key provided: \(secret\)\.\).*environment variable BOX_KEY/,
        ),
      });
    }
    expect(warnings).toEqual([expect.stringMatching(/^box: .*BOX_KEY; until that is mended/)]);
    expect(JSON.stringify(await runtime.examine())).not.toContain(SECRET);
    expect(warnings.join()).not.toContain(SECRET);
  });

  it('that is refused for one model alone is told of once, also when others answer between', async () => {
    const { ask, fake, warnings } = await startBox();
    for (const _ of [1, 2, 3]) {
      fake.behaviour = { fault: 'unauthorized' };
      await failureOf(ask('hi'));
      fake.behaviour = {};
      await ask('hi', {}, link({}, 'm-2'));
    }
    expect(warnings).toHaveLength(1);
  });

  it('that is not set is said by name, and nothing is sent', async () => {
    const { ask, fake, warnings } = await startBox({ config: { key: { env: 'NOT_SET' } } });
    expect(await failureOf(ask('hi'))).toMatchObject({
      reason: 'unauthorized',
      message: 'the environment variable NOT_SET is not set',
    });
    expect(fake.asked).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('that was renewed in the keychain is used without a restart', async () => {
    const keys = ['old-and-expired', SECRET];
    const { ask, fake, warnings } = await startBox({
      key: SECRET,
      config: { key: { keychain: 'box' } },
      sources: { env: {}, keychain: async () => keys.shift() ?? SECRET },
    });
    expect(textOf(await ask('hi'))).toBe('echo: hi');
    expect(fake.chats.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old-and-expired',
      `Bearer ${SECRET}`,
    ]);
    expect(warnings).toEqual([]);
  });

  it('never goes where a server sends it on to', async () => {
    const { ask, fake } = await startBox({ key: SECRET, config: { key: { env: 'BOX_KEY' } } });
    fake.behaviour = { fault: 'redirect' };
    await failureOf(ask('hi'));
    expect(fake.chats).toHaveLength(1);
  });

  it('does not stand in the words of an answer that breaks off', async () => {
    const { ask, fake } = await startBox({ key: SECRET, config: { key: { env: 'BOX_KEY' } } });
    fake.behaviour = { deltas: [{ content: 1 }, { content: SECRET }] };
    const error = await failureOf(ask('hi'));
    expect(error).toMatchObject({ reason: 'crash', message: expect.stringContaining('unknown shape') });
    expect(String(error)).not.toContain(SECRET);
  });
});

describe('a server’s list of models', () => {
  it('is believed until the server itself says otherwise', async () => {
    const { ask, fake, runtime } = await startBox({ models: ['m-1', 'm-2'] });
    const { weights } = link();
    expect(await runtime.has(weights)).toBe(true);
    expect(await runtime.has({ ...weights, name: 'm-3' })).toBe(false);
    fake.behaviour = { fault: 'missing' };
    await failureOf(ask('hi'));
    expect(await runtime.has(weights)).toBe(false);
    expect(await runtime.examine()).toEqual([
      expect.objectContaining({ state: 'ok', says: expect.stringContaining('2 models') }),
      expect.objectContaining({
        state: 'warn',
        says: expect.stringContaining('it lists m-1, and did not have it'),
      }),
    ]);
    fake.behaviour = {};
    await ask('hi');
    expect(await runtime.has(weights)).toBe(true);
  });
});
