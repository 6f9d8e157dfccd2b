import { messageOf } from '../errors.ts';

/**
 * Where OpenTelemetry's own variables say that spans go; null when they name no place, or say that none are wanted. Those
 * for headers, time limits and certificates the exporter reads itself.
 */
export function tracesUrl(env: NodeJS.ProcessEnv, warn: (message: string) => void): string | null {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return null;
  const exporters = env.OTEL_TRACES_EXPORTER || 'otlp';
  const place = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!place || !exporters.split(',').some((one) => one.trim() === 'otlp')) return null;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol === 'grpc')
    warn(
      'spans are sent as http/json, not by grpc: the endpoint is to be the one for HTTP, mostly port 4318',
    );
  try {
    const url = new URL(place);
    if (!/^https?:$/.test(url.protocol)) throw new Error('it is no http:// or https:// address');
    // The place for spans is taken as it is; the one for everything has them below it.
    if (!env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
      url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
    return url.href;
  } catch (error) {
    warn(`OTEL_EXPORTER_OTLP_ENDPOINT cannot be used (${messageOf(error)}); no spans are sent`);
    return null;
  }
}
