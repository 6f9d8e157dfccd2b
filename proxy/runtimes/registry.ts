import type { RuntimeConfig } from '../config/schema.ts';
import { openLlamacpp } from './llamacpp/runtime.ts';
import { openOllama } from './ollama/runtime.ts';
import { openOpenai } from './openai/runtime.ts';
import type { OpenedRuntime, OpenRuntime, RuntimeTools } from './types.ts';

/** One adapter per kind of runtime: a new kind without one does not compile. */
const ADAPTERS: { [K in RuntimeConfig['kind']]: OpenRuntime<K> } = {
  ollama: openOllama,
  llamacpp: openLlamacpp,
  openai: openOpenai,
};

/** Opens the runtime of a config entry. */
export function openRuntime<K extends RuntimeConfig['kind']>(
  config: Extract<RuntimeConfig, { kind: K }>,
  tools: RuntimeTools,
): OpenedRuntime {
  const open: OpenRuntime<K> = ADAPTERS[config.kind as K];
  return open(config, tools);
}
