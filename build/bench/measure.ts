import http from 'node:http';

/** One way of asking, for measuring. */
export interface Target {
  name: string;
  url: string;
  path: string;
  body: object | null;
  headers?: Record<string, string>;
}

export interface Timing {
  /** Milliseconds until the whole answer was there. */
  totalMs: number;
  /** Milliseconds until the first piece of content. */
  firstMs: number;
}

/** Asks once on a kept connection. */
export function once({ url, path, body, headers }: Target, agent: http.Agent): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let firstMs = 0;
    const text = body === null ? '' : JSON.stringify(body);
    const sent =
      body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = http.request(
      url + path,
      { method: body === null ? 'GET' : 'POST', agent, headers: { ...sent, ...headers } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          if (firstMs === 0 && /"content":\s*"[^"]/.test(piece)) firstMs = performance.now() - began;
        });
        response.on('end', () => {
          if (response.statusCode !== 200) reject(new Error(`${url}${path} said ${response.statusCode}`));
          else resolve({ totalMs: performance.now() - began, firstMs });
        });
      },
    );
    request.once('error', reject);
    request.end(text);
  });
}

/** Asks all targets in turn, `rounds` times: what the machine does besides hits all of them alike. */
export async function interleave(targets: Target[], rounds: number): Promise<Map<string, Timing[]>> {
  const agent = new http.Agent({ keepAlive: true });
  const timings = new Map(targets.map(({ name }): [string, Timing[]] => [name, []]));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const target of targets) {
      const timing = await once(target, agent);
      if (round >= 0) timings.get(target.name)?.push(timing);
    }
  }
  agent.destroy();
  return timings;
}

/** Requests per second with `connections` at a time, for `seconds`. */
export async function throughput(target: Target, connections: number, seconds: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await once(target, agent);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return count / seconds;
}
