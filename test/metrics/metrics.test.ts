import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { FAMILIES } from '../../proxy/metrics/families.ts';
import { until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { type Exposition, parseExposition, valueIn } from './exposition.ts';

/** What a scraper gets. */

let toaster: TestToaster;
afterEach(() => toaster.end());

async function scrape(headers: Record<string, string> = {}): Promise<Exposition> {
  const response = await fetch(`${toaster.url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseExposition(await response.text());
}

describe('GET /metrics', () => {
  it('has every metric from the start, with a type and a meaning', async () => {
    toaster = await startToaster();
    const { types, help, series } = await scrape();
    for (const { name, type } of Object.values(FAMILIES)) {
      expect([name, types.get(name)]).toEqual([name, type]);
      expect(help.get(name)).toBeTruthy();
    }
    expect(types.get('process_cpu_seconds_total')).toBe('counter');
    expect(types.get('process_resident_memory_bytes')).toBe('gauge');
    expect(series.some(({ name }) => name === 'toaster_build_info')).toBe(true);
    expect(series.some(({ name }) => name.startsWith('toaster_requests'))).toBe(true);
  });

  it('counts what was before the first scrape, and goes on', async () => {
    toaster = await startToaster();
    await (await toaster.chat('one')).text();
    await (await toaster.chat('one', {}, { 'x-cache': 'use' })).text();
    await (await toaster.chat('one', {}, { 'x-cache': 'use' })).text();
    const served = { model: 'fast-9b', served_by: 'fast-9b', source: 'api', outcome: 'answered' };
    const genAi = { gen_ai_request_model: 'fast-9b', gen_ai_response_model: 'fast-9b' };
    const first = await scrape();
    expect(valueIn(first, 'toaster_requests_total', served)).toBe(3);
    for (const outcome of ['hit', 'miss', 'bypass'])
      expect(valueIn(first, 'toaster_cache_requests_total', { outcome })).toBe(1);
    // A hit is no operation of a model, and has used no token.
    const operation = {
      ...genAi,
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: 'ollama',
      error_type: '',
    };
    expect(valueIn(first, 'gen_ai_client_operation_duration_seconds_count', operation)).toBe(2);
    const lines = toaster.log();
    for (const [type, key] of [
      ['input', 'tokens_in'],
      ['output', 'tokens_out'],
    ] as const) {
      const tokens = lines.slice(0, 2).reduce((sum, line) => sum + Number(line[key]), 0);
      const labels = { ...genAi, gen_ai_token_type: type };
      expect(valueIn(first, 'gen_ai_client_token_usage_sum', labels)).toBe(tokens);
      expect(valueIn(first, 'gen_ai_client_token_usage_count', labels)).toBe(2);
    }
    expect(valueIn(first, 'gen_ai_server_time_to_first_token_seconds_count', genAi)).toBe(2);
    expect(valueIn(first, 'toaster_queue_wait_seconds_count', { model: 'fast-9b' })).toBe(2);
    expect(valueIn(first, 'toaster_queue_wait_seconds_sum', { model: 'fast-9b' })).toBe(0);
    expect(valueIn(first, 'toaster_load_seconds_count', { model: 'fast-9b' })).toBe(2);
    await (await toaster.chat('two')).text();
    expect(valueIn(await scrape(), 'toaster_requests_total', served)).toBe(4);
  });

  it('has buckets that hold all that is smaller, up to the count', async () => {
    toaster = await startToaster();
    for (const text of ['a', 'b', 'c']) await (await toaster.chat(text)).text();
    const { series, types } = await scrape();
    const histograms = [...types].filter(
      ([name, type]) => type === 'histogram' && name.startsWith('toaster'),
    );
    expect(histograms.length).toBeGreaterThan(2);
    const buckets = series.filter(({ name }) => name === 'toaster_request_duration_seconds_bucket');
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 3 });
    expect(valueIn({ series } as Exposition, 'toaster_request_duration_seconds_count')).toBe(3);
  });

  it('tells demotions with their reason, and links that failed', async () => {
    toaster = await startToaster({
      models: '  tiny: {}\n  lost: { weights: lost, fallback: [fast-3b] }',
      weights: '  lost: { runtime: ollama, name: "not-there:1b", size_gb: 0.1 }',
    });
    expect((await toaster.chat('x', { model: 'lost' })).headers.get('x-served-by')).toBe('fast-3b');
    const told = await scrape();
    const demotion = { from: 'lost', to: 'fast-3b', reason: 'missing' };
    expect(valueIn(told, 'toaster_demotions_total', demotion)).toBe(1);
    expect(valueIn(told, 'toaster_failed_attempts_total', { model: 'lost', reason: 'missing' })).toBe(1);
    expect(valueIn(told, 'toaster_requests_total', { model: 'lost', served_by: 'fast-3b' })).toBe(1);
  });

  it('makes no series of what a client invents', async () => {
    toaster = await startToaster();
    const before = (await scrape()).series.length;
    for (let i = 0; i < 30; i += 1)
      await (await toaster.chat('secret words', { model: `made-up-${i}`, user: `u${i}` })).text();
    const text = await (await fetch(`${toaster.url}/metrics`)).text();
    expect(text).not.toMatch(/made-up|secret/);
    const told = parseExposition(text);
    expect(valueIn(told, 'toaster_requests_total', { model: '_other', outcome: 'usage' })).toBe(30);
    // One for the count, one for the cache, the buckets of one duration, and what Node has of its own.
    const own = ({ name }: { name: string }) => !name.startsWith('nodejs_');
    expect(told.series.filter(own).length - before).toBeLessThan(30);
  });

  it('takes no `ask --help` for a request', async () => {
    toaster = await startToaster();
    await fetch(`${toaster.url}/ask`, {
      method: 'POST',
      headers: { 'x-ask': '1' },
      body: new URLSearchParams({ a: '--help' }),
    });
    await until(() => toaster.log().length === 1);
    const { series } = await scrape();
    expect(series.filter(({ name }) => name === 'toaster_requests_total')).toEqual([]);
  });

  it('counts the tokens of an answer that two requests share once', async () => {
    toaster = await startToaster();
    toaster.fake.set({ name: 'qwen3.5:9b', reply: 'a b c d e f g h' });
    toaster.fake.fault('qwen3.5:9b', { kind: 'slow-tokens', ms: 300 });
    const cached = () => toaster.chat('same', {}, { 'x-cache': 'use' }).then((answer) => answer.text());
    const first = cached();
    await until(() => toaster.fake.chats('qwen3.5:9b').length === 1);
    await Promise.all([first, cached()]);
    const lines = toaster.log();
    expect(lines.filter(({ shared }) => shared === true)).toHaveLength(1);
    const told = await scrape();
    expect(valueIn(told, 'toaster_requests_total', { outcome: 'answered' })).toBe(2);
    const input = { gen_ai_token_type: 'input' };
    expect(valueIn(told, 'gen_ai_client_token_usage_sum', input)).toBe(lines[0]?.tokens_in);
  });

  it('answers while a runtime says nothing', async () => {
    toaster = await startToaster();
    toaster.fake.psHangs = true;
    expect(valueIn(await scrape(), 'toaster_model_warm', { model: 'fast-9b' })).toBe(0);
  });

  it('tells what is in memory, and wakes nobody', async () => {
    toaster = await startToaster();
    const cold = await scrape();
    expect(valueIn(cold, 'toaster_model_warm', { model: 'fast-9b' })).toBe(0);
    expect(valueIn(cold, 'toaster_model_warm', { model: 'tiny' })).toBe(0);
    const asked = () => toaster.fake.seen.filter(({ path }) => !['/api/ps', '/api/tags'].includes(path));
    await scrape();
    expect(asked()).toEqual([]);
    expect(valueIn(await scrape(), 'toaster_model_resident_bytes', { weights: 'qwen-0.5b' })).toBe(0);
    await (await toaster.chat('x')).text();
    const warm = await scrape();
    expect(valueIn(warm, 'toaster_model_warm', { model: 'fast-9b' })).toBe(1);
    expect(valueIn(warm, 'toaster_model_warm', { model: 'think-9b' })).toBe(1);
    expect(valueIn(warm, 'toaster_model_resident_bytes', { weights: 'qwen-9b' })).toBeGreaterThan(0);
    expect(valueIn(warm, 'toaster_model_warm', { model: 'tiny' })).toBe(0);
  });
});

describe('who may scrape', () => {
  const KEY = 'correct-horse-battery-staple';

  it('is whoever may do the rest: no foreign Host, no foreign page', async () => {
    toaster = await startToaster();
    const { port } = new URL(toaster.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: `evil.example:${port}` };
      request({ port, host: '127.0.0.1', path: '/metrics', headers }, (res) =>
        resolve(res.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const page = await fetch(`${toaster.url}/metrics`, { headers: { origin: 'http://evil.example' } });
    expect(page.status).toBe(403);
  });

  it('brings the key where one is demanded', async () => {
    toaster = await startToaster({ bindings: [{ host: '127.0.0.1', key: KEY }] });
    expect((await fetch(`${toaster.url}/metrics`)).status).toBe(401);
    expect((await scrape({ authorization: `Bearer ${KEY}` })).series.length).toBeGreaterThan(50);
  });
});
