import http from 'node:http';

/** The least that a proxy can be: node:http that passes everything on. What Toaster adds is compared with this. */
const upstream = new URL(process.argv[2] ?? '');
const agent = new http.Agent({ keepAlive: true });
const server = http.createServer((req, res) => {
  const { method, headers, url: path } = req;
  const out = http.request(
    { host: upstream.hostname, port: upstream.port, path, method, headers, agent },
    (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    },
  );
  out.once('error', () => res.destroy());
  req.pipe(out);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
