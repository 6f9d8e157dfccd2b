import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a person's real models are; `TOASTER_REAL_MODELS` points elsewhere. */
const folder = process.env.TOASTER_REAL_MODELS || join(homedir(), '.local', 'share', 'ask', 'models');

/** The real 0.5B that `npm start` fetches, or null where it is not. */
export function realTiny(): string | null {
  const file = join(folder, 'qwen2.5-coder-0.5b-instruct-q4_k_m.gguf');
  return existsSync(file) ? file : null;
}
