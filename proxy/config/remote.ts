import { type Config, isCouncil, type RuntimeConfig } from './schema.ts';

const LOOPBACK_NAME = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether an address is one of this machine. */
export const isLoopback = (url: string): boolean => LOOPBACK_NAME.test(new URL(url).hostname);

/** Whether what a runtime holds is in the memory of another machine. */
export function isRemote(runtime: RuntimeConfig): boolean {
  if (runtime.kind !== 'openai') return false;
  return !(runtime.local ?? (isLoopback(runtime.url) && !runtime.paid));
}

/** Whether a model is on a runtime that costs money. A council is not on any; its members are. */
export function isPaid(config: Config, name: string): boolean {
  const model = config.models[name];
  if (!model || isCouncil(model)) return false;
  const runtime = config.runtimes[config.weights[model.weights]?.runtime ?? ''];
  return runtime?.kind === 'openai' && runtime.paid;
}
