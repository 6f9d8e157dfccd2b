import type * as z from 'zod';
import type { configSchema } from './schema.ts';
import { TINY_WEIGHTS } from './tiny-weights.ts';

/**
 * The config without any file. Sizes are those of the Q4_K_M downloads that the names stand for. The families
 * differ along a chain, so that what breaks one link (a template, an architecture new to the runtime) spares the next.
 */
export const defaults: z.input<typeof configSchema> = {
  default_tier: '9b',
  runtimes: {
    ollama: { kind: 'ollama', url: 'http://127.0.0.1:11434' },
    llamacpp: { kind: 'llamacpp' },
  },
  weights: {
    'qwen-9b': { runtime: 'ollama', name: 'qwen3.5:9b', size_gb: 6.6, context: 8192 },
    'gemma-4b': { runtime: 'ollama', name: 'gemma3:4b', size_gb: 3.3, context: 8192 },
    'llama-3b': { runtime: 'ollama', name: 'llama3.2:3b', size_gb: 2, context: 8192 },
    'llama-1b': { runtime: 'ollama', name: 'llama3.2:1b', size_gb: 1.3, context: 8192 },
    'coder-30b': { runtime: 'ollama', name: 'qwen3-coder:30b', size_gb: 18.6, context: 16_384 },
    'embed-300m': { runtime: 'ollama', name: 'embeddinggemma:300m', size_gb: 0.6, context: 2048 },
    'qwen-0.5b': TINY_WEIGHTS,
  },
  models: {
    'fast-9b': {
      weights: 'qwen-9b',
      think: false,
      keep_alive: '15m',
      fallback: ['fast-3b', 'fast-1b', 'tiny'],
    },
    'think-9b': { weights: 'qwen-9b', think: true, keep_alive: '15m', fallback: ['fast-3b', 'fast-1b'] },
    'fast-4b': { weights: 'gemma-4b', keep_alive: '5m', fallback: ['fast-3b', 'fast-1b'] },
    'fast-3b': { weights: 'llama-3b', keep_alive: '5m', fallback: ['fast-1b', 'tiny'] },
    'fast-1b': { weights: 'llama-1b', keep_alive: '5m', fallback: ['tiny'] },
    'coder-30b': { weights: 'coder-30b', keep_alive: '30s', fallback: ['fast-9b', 'fast-3b'] },
    // Ollama's models bring their sampling along; a bare GGUF does not, and at llama.cpp's 0.8 this one rambles.
    tiny: { weights: 'qwen-0.5b', keep_alive: '5m', temperature: 0.2, top_p: 0.8, top_k: 20 },
    // For /v1/embeddings alone; it loads in a moment, so it need not stay.
    embed: { weights: 'embed-300m', keep_alive: '1m' },
    council: {
      members: [
        { model: 'fast-9b', temperature: 0.7 },
        { model: 'fast-9b', temperature: 0.7 },
      ],
      chairman: 'think-9b',
    },
  },
  tiers: {
    '9b': 'fast-9b',
    '4b': 'fast-4b',
    '3b': 'fast-3b',
    '1b': 'fast-1b',
    tiny: 'tiny',
    think: 'think-9b',
    heavy: 'coder-30b',
    council: 'council',
  },
};
