import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import Database from 'better-sqlite3';
import { openaiRequest } from '../../proxy/dialects/openai/request.ts';

/**
 * The least that a translating proxy on node:http can be: it reads and checks the request, looks into a cache where it is
 * told to, asks Ollama, reads its lines, writes server-sent events, and appends a line to a log. No chain, no memory, no
 * receipt. What Toaster adds is compared with this, too: less than this is not to be had without another HTTP stack.
 */
const upstream = new URL(process.argv[2] ?? '');
const log = process.argv[3] ?? '';
const agent = new http.Agent({ keepAlive: true });
const cache = new Database(':memory:');
cache.exec('CREATE TABLE answers (key TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID');
const find = cache.prepare<[string], { text: string }>('SELECT text FROM answers WHERE key = ?');
const keep = cache.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?)');

const server = http.createServer((req, res) => {
  let text = '';
  req.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  req.once('end', () => {
    const began = performance.now();
    const { messages } = openaiRequest.parse(JSON.parse(text));
    const key = createHash('sha256').update(JSON.stringify(messages)).digest('hex');
    const hit = req.headers['x-cache'] === 'use' ? find.get(key) : undefined;
    if (hit) {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      end(res, hit.text, began);
    } else ask(messages, res, (answer) => keep.run(key, answer), began);
  });
});

function ask(messages: object[], res: ServerResponse, done: (answer: string) => void, began: number): void {
  const body = JSON.stringify({ model: 'fast:9b', messages, stream: true, options: { num_ctx: 8192 } });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const { hostname, port } = upstream;
  const out = http.request(
    { hostname, port, path: '/api/chat', method: 'POST', headers, agent },
    (answer) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      let rest = '';
      let written = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        const events = lines.map((line) => event(line)).join('');
        written += events;
        res.write(events);
      });
      answer.once('end', () => {
        done(written);
        end(res, '', began);
      });
    },
  );
  out.once('error', () => res.destroy());
  out.end(body);
}

function end(res: ServerResponse, text: string, began: number): void {
  appendFileSync(log, `${JSON.stringify({ ts: Date.now() / 1000, latency: performance.now() - began })}\n`);
  res.end(`${text}data: [DONE]\n\n`);
}

function event(line: string): string {
  const { message, done } = JSON.parse(line);
  const choice = { index: 0, delta: { content: message.content }, finish_reason: done ? 'stop' : null };
  const chunk = {
    id: 'chatcmpl-1',
    created: 1,
    model: 'fast',
    object: 'chat.completion.chunk',
    choices: [choice],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
