import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { chat, type Program, startProgram, yamlOn } from '../helpers/program.ts';
import { until } from '../helpers/requests.ts';
import { FAKE_MODELS } from '../helpers/toaster.ts';
import { Collector, type Span } from './collector.ts';

/** The whole program, and a collector that takes its spans. */

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

async function collector(options: { answers?: boolean } = {}): Promise<Collector> {
  const there = await Collector.start(options);
  onTestFinished(() => there.close());
  return there;
}

async function program(env: Record<string, string>): Promise<{ toaster: Program; url: string }> {
  const fake = await FakeOllama.start({ models: FAKE_MODELS });
  onTestFinished(() => fake.close());
  const models = '  tiny: {}\n  lost: { weights: lost, fallback: [fast-3b] }';
  const weights = 'weights: { lost: { runtime: ollama, name: "not-there:1b", size_gb: 0.1 } }';
  const yaml = yamlOn(fake.url, models).replace(/^weights:.*$/m, weights);
  const toaster = startProgram({ env, yaml });
  return { toaster, url: await toaster.listening() };
}

/** Ends it, and hands out its spans by what was asked. */
async function spansOf({ child, exit }: Program, { spans }: Collector): Promise<Span[]> {
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  return spans;
}

describe('with a place for traces', () => {
  it('each request is a span by the conventions, sent before the end', async () => {
    const there = await collector();
    const { toaster, url } = await program({
      OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=toast%20makers',
      OTEL_SERVICE_NAME: 'kitchen',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=cafe',
    });
    const fields = { temperature: 0.3, max_tokens: 50, seed: 7, stream: true };
    const began = Date.now();
    const answer = await (await chat(url, 'a very private question', fields)).text();
    const [span] = await spansOf(toaster, there);
    expect(span).toMatchObject({
      name: 'chat fast-9b',
      kind: 3,
      status: { code: 0 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'ollama',
        'gen_ai.request.model': 'fast-9b',
        'gen_ai.response.model': 'fast-9b',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.request.temperature': 0.3,
        'gen_ai.request.max_tokens': 50,
        'gen_ai.request.seed': 7,
        'gen_ai.request.stream': true,
        'gen_ai.output.type': 'text',
        'toaster.demoted': false,
        'toaster.cache': 'bypass',
        'toaster.source': 'api',
      },
    });
    const [line] = toaster.log();
    expect(span?.attributes['gen_ai.usage.input_tokens']).toBe(line?.tokens_in);
    expect(span?.attributes['gen_ai.usage.output_tokens']).toBe(line?.tokens_out);
    expect(span?.attributes['toaster.request_id']).toBe(line?.request_id);
    expect(span?.startTimeUnixNano).toBeGreaterThan(began - 1000);
    expect(span && span.endTimeUnixNano - span.startTimeUnixNano).toBeCloseTo(
      Number(line?.latency_s) * 1000,
      -1,
    );
    expect(span?.events.map(({ name }) => name)).toEqual(['toaster.first_token']);
    expect(span?.attributes['error.type']).toBeUndefined();
    expect(there.resources[0]).toMatchObject({
      'service.name': 'kitchen',
      'service.version': expect.stringMatching(/^\d+\./),
      'deployment.environment.name': 'cafe',
    });
    expect(there.headers[0]?.['x-team']).toBe('toast makers');
    expect(there.paths[0]).toBe('/v1/traces');
    const said = [...answer.matchAll(/"content":"([^"]+)"/g)].map(([, text = '']) => text.trim());
    expect(said.join('').length).toBeGreaterThan(0);
    for (const body of there.bodies) expect(body).not.toContain('private question');
    for (const text of said.filter((text) => text.length > 6))
      for (const body of there.bodies) expect(body).not.toContain(text);
  });

  it('a demotion, a failure and a mistake are told with their reasons', async () => {
    const there = await collector();
    const { toaster, url } = await program({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${there.url}/spans` });
    await (await chat(url, 'x', { model: 'lost' })).text();
    await (await chat(url, 'x', { model: 'lost' }, { headers: { 'x-strict': '1' } })).text();
    await (await chat(url, 'x', { model: 'invented by a client' })).text();
    const [demoted, refused, unknown] = await spansOf(toaster, there);
    expect(there.paths[0]).toBe('/spans');
    expect(there.resources[0]).toMatchObject({ 'service.name': 'toaster' });
    expect(demoted).toMatchObject({
      name: 'chat lost',
      status: { code: 0 },
      attributes: {
        'gen_ai.response.model': 'fast-3b',
        'toaster.demoted': true,
        'toaster.degraded_reason': 'missing',
      },
    });
    const [failed, first] = demoted?.events ?? [];
    expect(failed).toMatchObject({
      name: 'toaster.attempt.failed',
      attributes: { 'toaster.attempt.model': 'lost', 'toaster.attempt.reason': 'missing' },
    });
    expect(failed?.timeUnixNano).toBeLessThanOrEqual(first?.timeUnixNano ?? 0);
    expect(refused).toMatchObject({
      name: 'chat lost',
      status: { code: 2 },
      attributes: { 'error.type': 'would_be_demoted', 'toaster.outcome': 'strict' },
    });
    expect(refused?.attributes['gen_ai.response.model']).toBeUndefined();
    expect(unknown).toMatchObject({
      name: 'chat',
      attributes: {
        'gen_ai.request.model': 'invented by a client',
        'gen_ai.provider.name': 'toaster',
        'error.type': 'model_not_found',
      },
    });
  });

  it('goes on with the trace of a client, and not with what is none', async () => {
    const there = await collector();
    const { toaster, url } = await program({ OTEL_EXPORTER_OTLP_ENDPOINT: `${there.url}/` });
    const ask = async (headers: Record<string, string>) => (await chat(url, 'x', {}, { headers })).text();
    await ask({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'shop=one' });
    await ask({ traceparent: `00-${TRACE}-${SPAN}-00` });
    await ask({ traceparent: `00-${TRACE.toUpperCase()}-${SPAN}-01` });
    const spans = await spansOf(toaster, there);
    // The second client's is not sampled, so this part of it is not either.
    expect(spans).toHaveLength(2);
    expect(spans[0]).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, traceState: 'shop=one' });
    expect(spans[1]?.traceId).not.toBe(TRACE);
    expect(spans[1]?.parentSpanId ?? '').toBe('');
  });

  it('a sampler is obeyed, and `ask --help` is no request', async () => {
    const there = await collector();
    const { toaster, url } = await program({
      OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    await (await chat(url, 'x')).text();
    await (await chat(url, 'x', {}, { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } })).text();
    const body = new URLSearchParams({ a: '--help' });
    const headers = { 'x-ask': '1', traceparent: `00-${TRACE}-${SPAN}-01` };
    await (await fetch(`${url}/ask`, { method: 'POST', headers, body })).text();
    expect((await spansOf(toaster, there)).map(({ traceId }) => traceId)).toEqual([TRACE]);
  });
});

describe('a collector in trouble', () => {
  it('that is down is named once; answers and the end do not wait for it', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await until(() => gone.listening);
    const { port } = gone.address() as AddressInfo;
    gone.close();
    const { toaster, url } = await program({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      // So short that no second try fits in.
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    });
    for (const text of ['a', 'b', 'c']) expect((await chat(url, text)).status).toBe(200);
    const named = () => toaster.said().match(/no spans can be sent to [^\n]*/g) ?? [];
    await until(() => named().length > 0);
    expect((await chat(url, 'd')).status).toBe(200);
    toaster.child.kill('SIGTERM');
    expect(await toaster.exit).toBe(0);
    expect(named()).toEqual([expect.stringContaining(`http://127.0.0.1:${port} (connect ECONNREFUSED`)]);
  });

  it('that never answers delays the end by two seconds at most', async () => {
    const there = await collector({ answers: false });
    const { toaster, url } = await program({
      OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
    });
    expect((await chat(url, 'a')).status).toBe(200);
    const began = performance.now();
    toaster.child.kill('SIGTERM');
    expect(await toaster.exit).toBe(0);
    expect(performance.now() - began).toBeLessThan(25_000);
    expect(there.bodies).toHaveLength(1);
  });
});

describe('where nobody wants spans', () => {
  it('none are sent, though a place is named', async () => {
    const there = await collector();
    const { toaster, url } = await program({
      OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
      OTEL_SDK_DISABLED: 'true',
    });
    await (await chat(url, 'x')).text();
    await spansOf(toaster, there);
    expect(there.bodies).toEqual([]);
  });

  it('nothing that makes them is loaded at the start, nor what writes metrics', () => {
    const imports = (file: string): string[] =>
      [...readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*?from '(.*)';$/gm)].map(
        ([, from = '']) => from,
      );
    const found = new Set<string>([fileURLToPath(new URL('../../proxy/main.ts', import.meta.url))]);
    const packages = new Set<string>();
    // A set that grows while it is gone through is gone through to its end.
    for (const file of found)
      for (const from of imports(file))
        if (from.startsWith('.')) found.add(join(dirname(file), from));
        else packages.add(from);
    expect([...packages]).toEqual(expect.arrayContaining(['express', 'better-sqlite3', 'zod']));
    expect([...packages].filter((name) => /^(prom-client|@opentelemetry)/.test(name))).toEqual([]);
  });
});
