import { describe, expect, it } from 'vitest';
import { tracesUrl } from '../../proxy/tracing/settings.ts';
import { parseTraceparent } from '../../proxy/tracing/traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`01-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('%s is one', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    undefined,
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}`,
    ` 00-${TRACE}-${SPAN}-01`,
    // Node makes one of two.
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('%j is none', (header) => {
    expect(parseTraceparent(header)).toBeNull();
  });
});

describe('where spans go', () => {
  const of = (env: Record<string, string>): [string | null, string[]] => {
    const warnings: string[] = [];
    return [tracesUrl(env, (message) => void warnings.push(message)), warnings];
  };

  it('is below the place for everything, or the place for spans as it is', () => {
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })[0]).toBe('http://c:4318/v1/traces');
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' })[0]).toBe('https://c/otlp/v1/traces');
    expect(
      of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/x' })[0],
    ).toBe('http://t/x');
  });

  it('is nowhere unless somebody says so', () => {
    const there = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' };
    expect(of({})).toEqual([null, []]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toEqual([null, []]);
    expect(of({ ...there, OTEL_SDK_DISABLED: 'TRUE' })).toEqual([null, []]);
    expect(of({ ...there, OTEL_TRACES_EXPORTER: 'none' })).toEqual([null, []]);
    expect(of({ ...there, OTEL_TRACES_EXPORTER: 'console, otlp' })[0]).not.toBeNull();
  });

  it('warns of what cannot be, and goes on', () => {
    for (const place of ['localhost:4318', 'ftp://c', 'nonsense'])
      expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: place })).toEqual([
        null,
        [expect.stringContaining('no spans are sent')],
      ]);
    const [url, warnings] = of({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    expect(url).toBe('http://c:4317/v1/traces');
    expect(warnings).toEqual([expect.stringContaining('not by grpc')]);
  });
});
