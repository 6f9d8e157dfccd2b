import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

const ROOTS: Record<string, (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};
const BY_PARENT = /^parentbased_/;

/** Which requests become spans, by `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`: those of sampled clients, and all without a client's trace. */
export function samplerFrom(env: NodeJS.ProcessEnv, warn: (message: string) => void): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const root = Object.hasOwn(ROOTS, name.replace(BY_PARENT, '')) && ROOTS[name.replace(BY_PARENT, '')];
  if (!root) {
    warn(`OTEL_TRACES_SAMPLER=${name} is not known here; every request becomes a span`);
    return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  const sampler = root(ratio >= 0 && ratio <= 1 ? ratio : 1);
  return BY_PARENT.test(name) ? new ParentBasedSampler({ root: sampler }) : sampler;
}
