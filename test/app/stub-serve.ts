import { appendFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import type { ServeOptions, Serving } from '../../proxy/serve.ts';

/**
 * Stands in for the proxy's bundle where Electron is too old for it: it says that it is Toaster, writes down what is asked
 * of it, and keeps an engine, as the proxy does.
 */
export async function serve({
  paths,
  port,
  startChild,
}: ServeOptions): Promise<Pick<Serving, 'woke' | 'close'>> {
  const note = (what: string): void => appendFileSync(join(paths.data, 'stub.log'), `${what}\n`);
  const health = JSON.stringify({ name: 'toaster', status: 'ok', version: 'stub', pid: process.pid });
  const server = http.createServer((req, res) => {
    if (req.url === '/health') res.end(health);
    else if (req.url?.startsWith('/api/events')) res.writeHead(200).write(': here\n\n');
    else res.writeHead(200, { 'content-type': 'text/html' }).end('<title>stub</title>');
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  writeFileSync(paths.adminToken, 'stub-token');
  const engine = startChild?.({
    message: () => note(`engine ${engine?.pid}`),
    exit: () => note('engine gone'),
  });
  engine?.send({ type: 'load', file: 'x', context: 1, parallel: 1, threads: 1 });
  note(`serve ${port}`);
  return {
    woke: () => note('woke'),
    async close(graceMs) {
      note(`close ${graceMs}`);
      engine?.kill();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections?.();
      // Node 16 has no way to end connections that are open; nobody waits for them here.
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 200))]);
    },
  };
}
