import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../fake-ollama/models.ts';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
const get = async (path: string) => jsonOf(await fetch(toaster.url + path));
const asked = () => toaster.fake.seen.filter(({ path }) => /chat|generate|embed/.test(path)).length;

describe("Ollama's read-only endpoints", () => {
  it('list every model by its logical name, with what its weights are', async () => {
    const { models } = await get('/api/tags');
    const ids = (await get('/v1/models')).data.map(({ id }: { id: string }) => id);
    expect(models.map(({ name }: { name: string }) => name)).toEqual(ids);
    const named = (name: string) => models.find((one: { model: string }) => one.model === name);
    expect(named('fast-9b')).toEqual({
      name: 'fast-9b',
      model: 'fast-9b',
      modified_at: '2026-01-01T00:00:00Z',
      size: 1e9,
      digest: digestOf('qwen3.5:9b'),
      details: expect.objectContaining({ family: 'fake', parameter_size: '1B', context_length: 8192 }),
      capabilities: ['completion', 'tools', 'thinking', 'vision'],
    });
    expect(named('embed').capabilities).toEqual(['embedding']);
    expect(named('tiny')).toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { context_length: 512 },
    });
    expect(named('tiny').size).toBeLessThan(2e6);
    expect(Date.parse(named('tiny').modified_at)).toBeGreaterThan(Date.now() - 600_000);
    expect(named('council')).toMatchObject({ size: 0, digest: '', capabilities: ['completion'] });
  });

  it('tell what is in memory, under each of its names, and until when', async () => {
    await toaster.admin('POST', '/api/cool');
    expect(await get('/api/ps')).toEqual({ models: [] });
    await toaster.chat('x');
    const { models } = await get('/api/ps');
    expect(models.map(({ name }: { name: string }) => name)).toEqual(['fast-9b', 'think-9b']);
    expect(models[0]).toMatchObject({ model: 'fast-9b', context_length: 8192, details: { family: 'fake' } });
    expect(models[0].size).toBeGreaterThan(0);
    const minutes = (Date.parse(models[0].expires_at) - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(15);
  });

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'show one, asked in %s as clients do, and no answer is made for it',
    async (type) => {
      const before = asked();
      for (const body of [{ model: 'fast-9b' }, { name: 'fast-9b:latest', verbose: true }]) {
        const response = await toaster.post('/api/show', body, { 'content-type': type });
        expect(await jsonOf(response)).toMatchObject({
          capabilities: ['completion', 'tools', 'thinking', 'vision'],
          details: { family: 'fake' },
          model_info: { 'general.architecture': 'fake', 'fake.context_length': 8192 },
        });
      }
      expect(asked()).toBe(before);
    },
  );

  it('go on when Ollama does not answer, with what the config knows', async () => {
    const alone = await startToaster({ onOllama: 'http://127.0.0.1:1' });
    try {
      const { models } = await jsonOf(await fetch(`${alone.url}/api/tags`));
      expect(models[0]).toMatchObject({ name: 'fast-9b', size: 6.6e9, digest: '' });
      expect(models[0]).not.toHaveProperty('capabilities');
    } finally {
      await alone.end();
    }
  });

  it('give a version that clients can read', async () => {
    expect(await get('/api/version')).toEqual({ version: expect.stringMatching(/^0\.\d+\.\d+$/) });
  });

  it('refuse a model that is not there, and a body that names none', async () => {
    const missing = await toaster.post('/api/show', { model: 'gpt-9' });
    expect({ status: missing.status, ...(await jsonOf(missing)).error }).toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    for (const body of [{}, [], { model: 5 }, '"x"', '{"model"']) {
      const response = await toaster.post('/api/show', body);
      expect(response.status).toBe(400);
      expect((await jsonOf(response)).error.type).toBe('invalid_request_error');
    }
  });

  it.each([
    ...['POST /api/chat', 'POST /api/generate', 'POST /api/embed', 'POST /api/embeddings', 'POST /api/pull'],
    ...[
      'POST /api/push',
      'POST /api/create',
      'POST /api/copy',
      'DELETE /api/delete',
      'HEAD /api/blobs/sha256:1',
    ],
  ])('%s is not there, says where to ask, and reaches no runtime', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const before = toaster.fake.seen.length;
    const response = await fetch(toaster.url + path, {
      method,
      ...(method === 'POST' && { body: '{"model":"fast-9b"}' }),
    });
    expect(response.status).toBe(501);
    if (method !== 'HEAD')
      expect((await jsonOf(response)).error).toMatchObject({
        code: 'not_implemented',
        message: expect.stringMatching(/Ask models at \/v1/),
      });
    expect(toaster.fake.seen.length).toBe(before);
  });
});
