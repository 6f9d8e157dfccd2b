import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { EventStream } from '../../proxy/events/event-stream.ts';
import { until } from '../helpers/requests.ts';
import { aLine } from '../telemetry/helpers.ts';

/** A stream, and the client at its other end, which does not read yet. */
async function aStream() {
  const app = express();
  const opened = Promise.withResolvers<{ stream: EventStream; res: Response }>();
  app.get('/', (_req, res) => opened.resolve({ stream: new EventStream(res, 'r-0', () => 'r-99'), res }));
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get({ host: '127.0.0.1', port }, resolve).on('error', reject);
  });
  client.pause();
  return { ...(await opened.promise), client };
}

it('what a client does not read does not pile up; when it reads again it hears what is, and that it missed something', async () => {
  const { stream, res, client } = await aStream();
  const event = { id: 'r-1', line: aLine({ error: 'x'.repeat(500) }) };
  let sent = 0;
  for (; !res.writableNeedDrain; sent++) stream.requests([event]);
  const waiting = res.writableLength;
  for (let n = 0; n < 10_000; n++) {
    stream.requests([event]);
    stream.state('status', `{"n":${n}}`);
    stream.state('pressure', `{"p":${n}}`);
  }
  expect(res.writableLength).toBe(waiting);
  let text = '';
  client.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  client.resume();
  await until(() => /event: pressure/.test(text));
  expect(text.match(/event: request/g)).toHaveLength(sent);
  expect(text).toMatch(
    /\n\nid: r-99\nevent: reset\ndata: \{\}\n\nevent: status\ndata: \{"n":9999\}\n\nevent: pressure\ndata: \{"p":9999\}\n\n$/,
  );
});

it('who missed only what is told anew is not told to begin anew', async () => {
  const { stream, res, client } = await aStream();
  stream.requests(Array.from({ length: 3000 }, (_, n) => ({ id: `r-${n}`, line: aLine() })));
  expect(res.writableNeedDrain).toBe(true);
  stream.state('status', '{"n":1}');
  let text = '';
  client.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  client.resume();
  await until(() => /event: status/.test(text));
  expect(text).not.toContain('reset');
  expect(text.match(/event: request/g)).toHaveLength(3000);
});
