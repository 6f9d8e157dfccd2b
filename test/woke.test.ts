import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { OllamaHttp } from '../proxy/runtimes/ollama/http.ts';
import { until } from './helpers/requests.ts';
import { startToaster } from './helpers/toaster.ts';

it('after a sleep, what is pinned and was lost comes back at once', async () => {
  const toaster = await startToaster({ pinned: ['fast-3b'] });
  onTestFinished(() => toaster.end());
  const isWarm = async (): Promise<boolean> => {
    const answer = await fetch(`${toaster.fake.url}/api/ps`);
    return (await answer.text()).includes('llama3.2:3b');
  };
  await until(isWarm);
  // Somebody else has Ollama unload it, as it may while the machine sleeps.
  await fetch(`${toaster.fake.url}/api/generate`, {
    method: 'POST',
    body: JSON.stringify({ model: 'llama3.2:3b', keep_alive: 0 }),
  });
  await until(async () => !(await isWarm()));
  const began = performance.now();
  toaster.woke();
  await until(isWarm);
  // By itself it would look after 15 s.
  expect(performance.now() - began).toBeLessThan(8000);
});

it('after a sleep, connections that waited for a next request are not used again; those in use are', async () => {
  let connections = 0;
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<() => void>();
  const server = createServer((req, res) => {
    if (req.url === '/slow') isAsked(() => void res.end('{"slow":true}'));
    else res.end('{}');
  }).on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ollama = new OllamaHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    ollama.close();
    server.close();
  });
  for (let times = 0; times < 3; times += 1) await ollama.getJson('/', 5);
  expect(connections).toBe(1);
  ollama.dropIdle();
  const slow = ollama.getJson('/slow', 5);
  const finish = await asked;
  expect(connections).toBe(2);
  ollama.dropIdle();
  finish();
  expect(await slow).toEqual({ slow: true });
});
