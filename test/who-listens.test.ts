import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nextFreePort } from '../electron/stranger.ts';
import { parseLsof, parseSs, portHolder } from '../proxy/port-holder.ts';
import { whoListens } from '../proxy/who-listens.ts';
import { startToaster } from './helpers/toaster.ts';

async function listening(server: net.Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
const answering = (answer: RequestListener): Promise<number> => listening(createServer(answer));

describe('who listens', () => {
  it('nobody', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await whoListens(port)).toEqual({ kind: 'nobody' });
  });

  it('a Toaster, by its own word', async () => {
    const toaster = await startToaster();
    onTestFinished(() => toaster.end());
    const { port } = new URL(toaster.url);
    expect(await whoListens(Number(port))).toMatchObject({ kind: 'toaster', pid: process.pid });
  });

  it.each<[string, RequestListener]>([
    ['a page', (_req, res) => res.end('<html>')],
    ['other JSON', (_req, res) => res.end('{"name":"toast"}')],
    ['an answer without end', (_req, res) => void res.write('x'.repeat(200_000))],
    [
      'half an answer',
      (_req, res) => void res.writeHead(200, { 'content-length': 9 }).write('{', () => res.destroy()),
    ],
    ['a closed door', (req) => void req.socket.destroy()],
  ])('a stranger: %s', async (_what, answer) => {
    expect(await whoListens(await answering(answer))).toEqual({ kind: 'stranger' });
  });

  it('a stranger who says nothing, after a while', async () => {
    expect(await whoListens(await answering(() => undefined))).toEqual({ kind: 'stranger' });
  });

  it('a stranger who does not speak http', async () => {
    const port = await listening(net.createServer((socket) => void socket.end('220 mail\r\n')));
    expect(await whoListens(port)).toEqual({ kind: 'stranger' });
  });
});

describe('the process that has a port', () => {
  it('is this one, by the tools of this machine', async () => {
    const port = await answering(() => undefined);
    expect((await portHolder(port))?.pid).toBe(process.pid);
  });

  it('is found by ss where there is no lsof, and unknown where there is neither', async () => {
    const asked: string[] = [];
    const holder = await portHolder(80, async (tool) => {
      asked.push(tool);
      if (tool === 'lsof') throw new Error('ENOENT');
      return 'LISTEN 0 511 127.0.0.1:80 0.0.0.0:* users:(("nginx",pid=12,fd=3),("nginx",pid=13,fd=3))\n';
    });
    expect([holder, asked]).toEqual([{ name: 'nginx', pid: 12 }, ['lsof', 'ss']]);
    expect(await portHolder(80, () => Promise.reject(new Error('ENOENT')))).toBe(null);
  });

  it('is read from what they print', () => {
    expect(parseLsof('p501\ncGoogle Chrome Helper\nf23\n')).toEqual({
      pid: 501,
      name: 'Google Chrome Helper',
    });
    expect(parseLsof('')).toBe(null);
    expect(parseSs('LISTEN 0 5 127.0.0.1:1 0.0.0.0:*')).toBe(null);
  });
});

it('the next free port passes over one that is taken', async () => {
  const first = await answering(() => undefined);
  const second = net.createServer();
  const taken = await listening(second, first + 1).then(
    () => true,
    () => false,
  );
  const free = await nextFreePort(first);
  expect(free).toBeGreaterThan(first + (taken ? 1 : 0));
});
