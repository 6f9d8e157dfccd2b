import type { Llama, LlamaModel } from 'node-llama-cpp';
import type { Delta, Finish } from '../../chat/types.ts';
import { EmbedEngine } from './embed-engine.ts';
import type { EngineRequest } from './protocol.ts';
import { TextEngine } from './text-engine.ts';

export interface EngineOptions {
  context: number;
  parallel: number;
  threads: number;
}

/** Weights in memory, at work for requests. */
export interface Engine {
  /** Answers; null when it was aborted. Throws `EngineFault` when the request is at fault. */
  generate(request: EngineRequest, signal: AbortSignal, emit: (delta: Delta) => void): Promise<Finish | null>;
}

/**
 * Weights make text or vectors, never both: a context for each would take its memory twice, and the vectors of weights that
 * were made for text are of no use. Ollama tells them apart in the same way.
 */
export function createEngine(llama: Llama, model: LlamaModel, options: EngineOptions): Promise<Engine> {
  return makesVectors(model) ? EmbedEngine.create(model, options) : TextEngine.create(llama, model, options);
}

/** By what the file says of its architecture: how the vectors of a text's tokens become one, or that it reads both ways. */
function makesVectors({ fileInfo: { architectureMetadata } }: LlamaModel): boolean {
  const { pooling_type: pooling, attention } = architectureMetadata;
  return (typeof pooling === 'number' && pooling > 0) || attention?.causal === false;
}
