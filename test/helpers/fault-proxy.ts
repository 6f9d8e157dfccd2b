import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with one connection. It hits what the server sends; what the client sends passes as it is. */
export interface Fault {
  /** Reset as soon as it stands, before the server hears of it. */
  refused?: true;
  /** Each piece waits this long before it is passed on. */
  latencyMs?: number;
  bytesPerS?: number;
  /** The most bytes that are passed on at a time. */
  sliceBytes?: number;
  /**
   * After so many bytes, counted from the connection's beginning (0: when the first one comes), or after these bytes, the
   * client gets a RST or an orderly end, or nothing more while all stays open.
   */
  breaks?: { after: number | Buffer; by: 'reset' | 'end' | 'stall' };
}

/** The fault of the n-th connection, counted from 0. One that depends on nothing else can be played again. */
export type Plan = (connection: number) => Fault;

interface Pair {
  client: Socket;
  server: Socket;
}

/** A TCP proxy that does to each connection what its plan says. It holds nothing back of its own accord. */
export class FaultProxy {
  /** For connections to come; those that stand keep what they have. */
  plan: Plan;
  readonly #to: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #count = 0;

  private constructor(to: number, plan: Plan) {
    this.#to = to;
    this.plan = plan;
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  /** In front of a port of this machine; without a plan all goes well. */
  static async start(to: number, plan: Plan = () => ({})): Promise<FaultProxy> {
    const proxy = new FaultProxy(to, plan);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many connections there have been, also refused ones. */
  get count(): number {
    return this.#count;
  }

  /** How many there are. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Resets every connection that stands, on both sides. */
  resetAll(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.resetAll();
    await closed;
  }

  #accept(client: Socket): void {
    const fault = this.plan(this.#count++);
    client.on('error', () => undefined);
    if (fault.refused) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ port: this.#to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    // Whichever side is gone, the other one learns it as it happened.
    server.on('error', () => client.resetAndDestroy());
    client.once('close', () => {
      server.destroy();
      this.#pairs.delete(pair);
    });
    client.pipe(server);
    void pass(server, client, fault).catch(() => client.destroy());
  }
}

/** Passes on what the server sends. Reads no faster than the client takes it, so that the server feels a slow one. */
async function pass(server: Socket, client: Socket, fault: Fault): Promise<void> {
  const { breaks, latencyMs = 0, bytesPerS = Number.POSITIVE_INFINITY } = fault;
  const most = Math.min(
    fault.sliceBytes ?? Number.POSITIVE_INFINITY,
    Math.max(1, Math.floor(bytesPerS / 20)),
  );
  const ends = breaks === undefined ? () => Number.POSITIVE_INFINITY : endsAfter(breaks.after);
  for await (const piece of server.iterator({ destroyOnReturn: false })) {
    if (latencyMs > 0) await sleep(latencyMs);
    let left = ends(piece);
    // To one that is gone nothing need be passed on, however slowly.
    for (let at = 0; at < piece.length && !client.destroyed; ) {
      if (left <= 0) return strike(breaks?.by, server, client);
      const slice = piece.subarray(at, at + Math.min(most, left));
      at += slice.length;
      left -= slice.length;
      await write(client, slice);
      if (Number.isFinite(bytesPerS)) await sleep((slice.length / bytesPerS) * 1000);
      // Another write in the same turn would leave in the same packet.
      else if (at < piece.length) await new Promise((resolve) => setImmediate(resolve));
    }
    if (left <= 0) return strike(breaks?.by, server, client);
  }
  client.end();
}

/** Tells of each piece how many of its bytes may pass before the connection breaks; more than it has while it does not. */
function endsAfter(after: number | Buffer): (piece: Buffer) => number {
  let passed = 0;
  // The bytes to look for may be cut in two.
  let before: Buffer = Buffer.alloc(0);
  return (piece) => {
    if (typeof after === 'number') {
      const left = after - passed;
      passed += piece.length;
      return left;
    }
    const both = Buffer.concat([before, piece]);
    const at = both.indexOf(after);
    const left = at < 0 ? Number.POSITIVE_INFINITY : at + after.length - before.length;
    before = both.subarray(Math.max(0, both.length - after.length + 1));
    return left;
  };
}

function strike(by: 'reset' | 'end' | 'stall' | undefined, server: Socket, client: Socket): void {
  if (by === 'stall') {
    // Nothing more will be said to a client that has nothing more to say.
    if (client.readableEnded) client.destroy();
    else client.once('end', () => client.destroy());
    return;
  }
  server.destroy();
  if (by === 'reset') client.resetAndDestroy();
  // Nobody wants to know what it still says, but that it goes.
  else client.end().resume();
}

/** Resolves when the client has taken it, or is gone. */
async function write(client: Socket, bytes: Buffer): Promise<void> {
  if (client.destroyed || client.write(bytes)) return;
  await Promise.race([once(client, 'drain'), once(client, 'close')]);
}
