import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { messageOf } from '../errors.ts';
import { warnRarely } from '../telemetry/warn-rarely.ts';

const SUCCESS = 0;

/** Says once that a collector takes no spans, and then not again until it has taken some. */
export function tellingOfFailure(
  exporter: SpanExporter,
  url: string,
  warn: (message: string) => void,
): SpanExporter {
  const rarely = warnRarely(warn, () => performance.now() / 1000);
  let down = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== SUCCESS;
        if (failed && !down)
          rarely(
            `no spans can be sent to ${new URL(url).origin} (${messageOf(result.error ?? 'it says no')}); requests are answered as before`,
          );
        down = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
