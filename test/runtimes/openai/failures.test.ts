import { describe, expect, it } from 'vitest';
import { errorOfText } from '../../../proxy/runtimes/openai/error-of.ts';
import { failureOf } from '../../../proxy/runtimes/openai/failures.ts';
import { link } from './kit.ts';

/** What servers say, in their own words, and what it means for the chain. */

const failure = (status: number, body: unknown, retryAfter?: string) =>
  failureOf(
    {
      status,
      retryAfter,
      location: undefined,
      error: errorOfText(typeof body === 'string' ? body : JSON.stringify(body)),
    },
    { link: link(), host: 'box:8000', keyPlace: 'the environment variable BOX_KEY' },
  );
const openai = (message: string, code: string | null = null, param: string | null = null) => ({
  error: { message, type: 'invalid_request_error', code, param },
});

describe('a refusal', () => {
  it.each<[string, number, unknown, object]>([
    [
      'OpenAI, too long',
      400,
      openai("This model's maximum context length is 8192 tokens.", 'context_length_exceeded', 'messages'),
      { status: 400, code: 'context_length_exceeded' },
    ],
    [
      'vLLM, too long',
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      { status: 400, code: 'context_length_exceeded' },
    ],
    [
      'SGLang, too long',
      400,
      { message: "The input (5000 tokens) is longer than the model's context length (4096 tokens)." },
      { status: 400, code: 'context_length_exceeded' },
    ],
    [
      'OpenAI, no such model',
      404,
      openai('The model `x` does not exist', 'model_not_found'),
      { reason: 'missing' },
    ],
    [
      'LiteLLM, no such model',
      400,
      {
        error: {
          message: '/chat/completions: Invalid model name passed in model=x',
          type: 'None',
          code: '400',
        },
      },
      { reason: 'missing' },
    ],
    [
      'a wrong path',
      404,
      { detail: 'Not Found' },
      { reason: 'missing', message: expect.stringContaining('/v1') },
    ],
    ['no credit left', 402, openai('Insufficient credits'), { reason: 'unauthorized', counts: true }],
    [
      'a quota that is used up, which waiting does not mend',
      429,
      openai('You exceeded your current quota', 'insufficient_quota'),
      { reason: 'http_5xx', counts: true },
    ],
    [
      'a value that is wrong',
      400,
      openai("Invalid value for 'temperature': must be at most 2", null, 'temperature'),
      { status: 400, param: 'temperature' },
    ],
    [
      'FastAPI',
      422,
      { detail: [{ loc: ['body', 'x'], msg: 'field required' }] },
      { status: 400, message: expect.stringContaining('field required') },
    ],
    [
      'a plain text',
      500,
      'Internal Server Error',
      { reason: 'http_5xx', message: expect.stringContaining('500: Internal Server Error') },
    ],
    [
      'nothing at all',
      500,
      '',
      { reason: 'http_5xx', message: expect.stringContaining('500: nothing more') },
    ],
    [
      'an error that is a text',
      500,
      { error: 'it broke' },
      { message: expect.stringContaining('500: it broke') },
    ],
    ['a redirect', 301, '', { reason: 'connection' }],
    ['a request that took too long', 408, '', { reason: 'http_5xx', counts: true }],
  ])('%s', (_, status, body, meaning) => {
    expect(failure(status, body)).toMatchObject(meaning);
  });

  it('says when to come back, in seconds or by a date', () => {
    expect(failure(429, '', '12')).toMatchObject({ counts: false, retryAfter: 12 });
    const soon = failure(503, '', new Date(Date.now() + 60_000).toUTCString());
    expect(soon).toMatchObject({ counts: false });
    expect('retryAfter' in soon && Number(soon.retryAfter)).toBeGreaterThan(50);
    expect(failure(429, '', 'later')).toMatchObject({ counts: false, retryAfter: null });
  });

  it('is cut, and of one line', () => {
    const { message } = failure(500, { error: { message: `a\n\tb ${'x'.repeat(5000)}` } });
    expect(message).toContain('500: a b x');
    expect(message.length).toBeLessThan(400);
  });
});
