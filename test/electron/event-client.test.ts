import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callProxy } from '../../electron/call-proxy.ts';
import { EventClient } from '../../electron/event-client.ts';
import { EventParser } from '../../electron/event-parser.ts';
import type { Status } from '../../proxy/contract.ts';
import { until } from '../helpers/requests.ts';
import { startToaster } from '../helpers/toaster.ts';

async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a stream of events', () => {
  it('is understood wherever it is cut', () => {
    const text = ': hello\n\nevent: status\nid: 7\ndata: {"a":\ndata: 1}\n\nevent: x\r\ndata:b\r\n\r\n';
    for (let at = 0; at <= text.length; at += 1) {
      const parser = new EventParser();
      expect([...parser.push(text.slice(0, at)), ...parser.push(text.slice(at))]).toEqual([
        { name: 'status', data: '{"a":\n1}', id: '7' },
        { name: 'x', data: 'b', id: '7' },
      ]);
    }
  });
});

describe('the app’s ear', () => {
  it('hears events, comes back after a break with the last id, and says how often it failed', async () => {
    const lastIds: (string | undefined)[] = [];
    let open: ServerResponse | null = null;
    const server = createServer((req, res) => {
      lastIds.push(req.headers['last-event-id']?.toString());
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(
        `id: ${lastIds.length}\nevent: status\ndata: {"queue":${lastIds.length}}\n\nevent: new\ndata: 1\n\n`,
      );
      res.write('event: pressure\ndata: {broken\n\n');
      open = res;
    });
    const heard: Status[] = [];
    const failures: number[] = [];
    const warnings: string[] = [];
    const client = new EventClient(
      {
        status: (data) => heard.push(data),
        pressure: () => failures.push(Number.NaN),
        down: (count) => failures.push(count),
      },
      (message) => warnings.push(message),
    );
    onTestFinished(() => client.close());
    client.follow(await listen(server));
    await until(() => heard.length === 1);
    open = open as ServerResponse | null;
    open?.destroy();
    await until(() => heard.length === 2);
    expect([lastIds, failures]).toEqual([[undefined, '1'], [1]]);
    expect(warnings[0]).toBe('the proxy sent a pressure that is no JSON');
  });

  it('counts failures in a row while nobody is there, and again from one once somebody was', async () => {
    const first = createServer();
    const url = await listen(first);
    first.close();
    const failures: number[] = [];
    let ups = 0;
    const client = new EventClient(
      { up: () => (ups += 1), down: (count) => failures.push(count) },
      () => undefined,
    );
    onTestFinished(() => client.close());
    client.follow(url);
    await until(() => failures.length === 2);
    const second = createServer((_req, res) => void res.writeHead(200).write(':\n\n'));
    await listen(second, Number(new URL(url).port));
    await until(() => ups === 1);
    second.closeAllConnections();
    await until(() => failures.length >= 3);
    expect(failures.at(-1)).toBe(1);
  });

  it('lets go of the old one when it follows another', async () => {
    let closed = 0;
    const old = createServer((req, res) => {
      res.writeHead(200).write(':\n\n');
      req.once('close', () => (closed += 1));
    });
    const next = createServer((_req, res) => void res.writeHead(200).write('event: status\ndata: {}\n\n'));
    let ups = 0;
    let heard = 0;
    const client = new EventClient({ up: () => (ups += 1), status: () => (heard += 1) }, () => undefined);
    client.follow(await listen(old));
    await until(() => ups === 1);
    client.follow(await listen(next));
    await until(() => closed === 1 && heard === 1);
    client.close();
  });
});

describe('a call', () => {
  it('brings JSON, or the proxy’s own sentence', async () => {
    const toaster = await startToaster();
    onTestFinished(() => toaster.end());
    expect(await callProxy(toaster.url, { method: 'GET', path: '/health' })).toMatchObject({
      name: 'toaster',
    });
    const refused = callProxy(toaster.url, { method: 'POST', path: '/api/models/tiny/cool', token: 'wrong' });
    await expect(refused).rejects.toThrow(/This changes state: send "Authorization/);
  });

  it('says what it can of an answer that is no JSON', async () => {
    const url = await listen(createServer((_req, res) => res.writeHead(500).end('<h1>')));
    await expect(callProxy(url, { method: 'POST', path: '/x' })).rejects.toThrow(
      'Toaster said 500 to POST /x',
    );
  });
});
