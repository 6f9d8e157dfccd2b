import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Ended } from '../telemetry/ended.ts';
import { VERSION } from '../version.ts';
import { describe } from './describe.ts';
import { samplerFrom } from './sampler.ts';
import { tellingOfFailure } from './telling-of-failure.ts';
import { parseTraceparent } from './traceparent.ts';

/** Loaded only where spans are wanted: a start has no use for it. */

/** How long an end waits for the last spans to leave. */
const LAST_MS = 2000;

export interface Tracing {
  /** Makes a span of a request. Sends nothing yet. */
  trace(ended: Ended): void;
  /** Sends what is left, for two seconds at most. Never throws. */
  close(): Promise<void>;
}

/** Sends spans to `url`, in the background and a few seconds later; what a collector does not take in time is lost. */
export function openTracing(url: string, env: NodeJS.ProcessEnv, warn: (message: string) => void): Tracing {
  const exporter = tellingOfFailure(new OTLPTraceExporter({ url }), url, warn);
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'toaster', 'service.version': VERSION }))
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    sampler: samplerFrom(env, warn),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('toaster', VERSION);
  return {
    trace(ended) {
      if (ended.command !== null) return;
      const { name, start, end, attributes, events, failed } = describe(ended);
      const options = { kind: SpanKind.CLIENT, startTime: start, attributes };
      const span = tracer.startSpan(name, options, contextOf(ended.headers));
      for (const event of events) span.addEvent(event.name, event.attributes, event.at);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
    },
    async close() {
      // Who does not take them has been named by then.
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, LAST_MS).unref())]);
    },
  };
}

/** Where the client's trace goes on; a new one begins where it has none. */
function contextOf({ traceparent, tracestate }: Ended['headers']) {
  const parent = parseTraceparent(traceparent);
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(typeof tracestate === 'string' && { traceState: createTraceState(tracestate) }),
  });
}
