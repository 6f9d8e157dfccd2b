import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/** A value as OTLP writes it in JSON. */
const value = z.union([
  z.object({ stringValue: z.string() }).transform((one) => one.stringValue),
  z.object({ boolValue: z.boolean() }).transform((one) => one.boolValue),
  z.object({ intValue: z.union([z.number(), z.string()]) }).transform((one) => Number(one.intValue)),
  z.object({ doubleValue: z.number() }).transform((one) => one.doubleValue),
  z
    .object({ arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string() })) }) })
    .transform((one) => one.arrayValue.values.map(({ stringValue }) => stringValue)),
]);
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .transform((list) => Object.fromEntries(list.map((one) => [one.key, one.value])));
const nanos = z.string().transform((text) => Number(BigInt(text) / 1000n) / 1000);
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  traceState: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: z.array(z.object({ name: z.string(), timeUnixNano: nanos, attributes: attributes.optional() })),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }),
});
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

/** A span as it arrived, times in ms since 1970. */
export type Span = z.output<typeof span>;

/** Takes spans as an OpenTelemetry collector does, over HTTP in JSON. */
export class Collector {
  readonly spans: Span[] = [];
  readonly resources: Record<string, unknown>[] = [];
  /** What was sent, as it was. */
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly paths: (string | undefined)[] = [];
  readonly #server: Server;

  private constructor(answers: boolean) {
    this.#server = createServer(async (req, res) => {
      let body = '';
      for await (const piece of req.setEncoding('utf8')) body += piece;
      this.bodies.push(body);
      this.headers.push(req.headers);
      this.paths.push(req.url);
      if (!answers) return;
      for (const { resource, scopeSpans } of request.parse(JSON.parse(body)).resourceSpans) {
        this.resources.push(resource.attributes);
        this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
      res.setHeader('content-type', 'application/json').end('{}');
    });
  }

  /** Starts one; one that does not answer takes what is sent, and never says so. */
  static async start({ answers = true }: { answers?: boolean } = {}): Promise<Collector> {
    const collector = new Collector(answers);
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
