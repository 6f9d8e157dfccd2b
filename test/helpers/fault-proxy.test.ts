import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, FaultProxy, type Plan } from './fault-proxy.ts';
import { until } from './requests.ts';

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251));

/** A server that answers each connection with BYTES and an end, once it has heard something. */
async function aServer(): Promise<{ port: number; heard: string[]; sockets: Set<Socket> }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.once('data', (data) => {
      heard.push(data.toString());
      socket.end(BYTES);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, heard, sockets };
}

async function aProxy(plan: Plan) {
  const server = await aServer();
  const proxy = await FaultProxy.start(server.port, plan);
  onTestFinished(() => proxy.close());
  return { proxy, server };
}

/** A client's view of one connection. */
function ask(port: number) {
  const pieces: Buffer[] = [];
  const socket = net.connect(port, '127.0.0.1', () => socket.write('hello'));
  const seen = { end: false, error: '' };
  socket.on('data', (piece) => pieces.push(piece));
  socket.once('end', () => (seen.end = true));
  socket.once('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? ''));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, closed, seen, pieces, bytes: () => Buffer.concat(pieces) };
}

async function through(fault: Fault) {
  const { proxy, server } = await aProxy(() => fault);
  const began = performance.now();
  const client = ask(proxy.port);
  await client.closed;
  return { ...client, server, seconds: (performance.now() - began) / 1000 };
}

describe('a connection', () => {
  it('without a fault is as if there were no proxy', async () => {
    const { bytes, seen, server } = await through({});
    expect(bytes()).toEqual(BYTES);
    expect(seen).toEqual({ end: true, error: '' });
    expect(server.heard).toEqual(['hello']);
  });

  it('that is refused is reset, and the server knows nothing of it', async () => {
    const { bytes, seen, server } = await through({ refused: true });
    expect([seen, bytes().length, server.heard]).toEqual([{ end: false, error: 'ECONNRESET' }, 0, []]);
  });

  it('is late', async () => {
    const { bytes, seconds } = await through({ latencyMs: 60 });
    expect(bytes()).toEqual(BYTES);
    expect(seconds).toBeGreaterThan(0.055);
  });

  it('is narrow', async () => {
    const { bytes, seconds } = await through({ bytesPerS: 10_000 });
    expect(bytes()).toEqual(BYTES);
    expect(seconds).toBeGreaterThan(0.09);
  });

  it('gives a byte at a time', async () => {
    const { bytes, pieces } = await through({ sliceBytes: 1 });
    expect(bytes()).toEqual(BYTES);
    expect(pieces.length).toBeGreaterThan(100);
  });

  it.each<['reset' | 'end', { end: boolean; error: string }]>([
    ['reset', { end: false, error: 'ECONNRESET' }],
    ['end', { end: true, error: '' }],
  ])('breaks after so many bytes: %s', async (by, seen) => {
    for (const after of [0, 400]) {
      const broken = await through({ breaks: { after, by } });
      expect(broken.seen).toEqual(seen);
      // A reset may overtake what came before it.
      expect(broken.bytes().length).toBeLessThanOrEqual(after);
      if (by === 'end') expect(broken.bytes()).toEqual(BYTES.subarray(0, after));
      await until(() => broken.server.sockets.size === 0);
      expect(broken.server.heard).toEqual(['hello']);
    }
  });

  it('breaks after certain bytes, also where they come in two pieces', async () => {
    const halves = net.createServer((socket) => {
      socket.setNoDelay(true).on('error', () => undefined);
      socket.write('one tw');
      socket.once('data', () => socket.write('o three'));
    });
    halves.listen(0, '127.0.0.1');
    await once(halves, 'listening');
    onTestFinished(() => void halves.close());
    const proxy = await FaultProxy.start((halves.address() as AddressInfo).port, () => ({
      breaks: { after: Buffer.from('two t'), by: 'end' },
    }));
    onTestFinished(() => proxy.close());
    const socket = net.connect(proxy.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    await until(() => text === 'one tw');
    socket.write('go on');
    await once(socket, 'close');
    expect(text).toBe('one two t');
  });

  it('stalls after so many bytes, and the server learns when the client goes', async () => {
    const { proxy, server } = await aProxy((n) => (n === 0 ? { breaks: { after: 400, by: 'stall' } } : {}));
    const stalled = ask(proxy.port);
    await until(() => stalled.bytes().length === 400);
    await ask(proxy.port).closed;
    expect([stalled.bytes().length, stalled.seen]).toEqual([400, { end: false, error: '' }]);
    await until(() => proxy.open === 1);
    stalled.socket.destroy();
    await until(() => proxy.open === 0 && server.sockets.size === 0);
  });
});

describe('the plan', () => {
  it('is asked for each connection by its number, and may change', async () => {
    const { proxy } = await aProxy((n) => (n === 1 ? { refused: true } : {}));
    const outcomes: string[] = [];
    const askAgain = async () => {
      const client = ask(proxy.port);
      await client.closed;
      outcomes.push(client.seen.error || 'well');
    };
    for (let n = 0; n < 3; n += 1) await askAgain();
    proxy.plan = () => ({ refused: true });
    await askAgain();
    expect(outcomes).toEqual(['well', 'ECONNRESET', 'well', 'ECONNRESET']);
    expect(proxy.count).toBe(4);
  });

  it('is not asked about connections that stand: all can be reset', async () => {
    const { proxy, server } = await aProxy(() => ({ breaks: { after: 10, by: 'stall' } }));
    const clients = [ask(proxy.port), ask(proxy.port)];
    await until(() => clients.every(({ bytes }) => bytes().length === 10));
    proxy.resetAll();
    await Promise.all(clients.map(({ closed }) => closed));
    expect(clients.map(({ seen }) => seen.error)).toEqual(['ECONNRESET', 'ECONNRESET']);
    await until(() => server.sockets.size === 0);
  });

  it('of a server that is not there is a reset', async () => {
    const gone = net.createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    const proxy = await FaultProxy.start(port);
    onTestFinished(() => proxy.close());
    const client = ask(proxy.port);
    await client.closed;
    expect(client.seen.error).toBe('ECONNRESET');
  });
});
