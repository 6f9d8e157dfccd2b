import type { CompleteLink } from '../chat/types.ts';
import type { ModelConfig, RuntimeConfig, WeightsConfig } from '../config/schema.ts';

/** Weights as a runtime is told about them. */
export interface Weights extends Omit<WeightsConfig, 'runtime'> {
  /** The key in the config. */
  id: string;
}

/** A model on its weights: one link of a chain, durations in seconds (`forever` is Infinity). */
export interface Link {
  model: string;
  weights: Weights;
  runtime: string;
  settings: Pick<
    ModelConfig,
    'think' | 'system' | 'max_tokens' | 'temperature' | 'top_p' | 'top_k' | 'min_p'
  >;
  keepAliveS: number;
  timeouts: { connect: number; firstToken: number; load: number; idle: number };
}

/** What holds weights in memory. One object per key of `runtimes` in the config. */
export interface Runtime {
  /** How this runtime answers for one link. */
  complete(link: Link): CompleteLink;
  /**
   * What identifies the bytes of the weights, for the cache's key; null when it cannot be known.
   * Cheap: remembered, refreshed behind the caller's back.
   */
  digest(weights: Weights): Promise<string | null>;
  /** Ends everything that it started. */
  close(): Promise<void>;
}

/** What a runtime is made of, besides its config. */
export interface RuntimeTools {
  /** The folder of GGUF files that are named without a path. */
  modelsDir: string;
  warn(message: string): void;
}

export type OpenRuntime<K extends RuntimeConfig['kind']> = (
  config: Extract<RuntimeConfig, { kind: K }>,
  tools: RuntimeTools,
) => Runtime;
