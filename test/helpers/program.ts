import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';
import { type Program, type ProgramOptions, spawnProgram } from './spawn-program.ts';
import { tempFolder } from './temp-folder.ts';

export type { Program } from './spawn-program.ts';

/** Runs the program until the test ends; `folder` is a data folder that is there already. */
export function startProgram({ folder, ...options }: ProgramOptions & { folder?: string } = {}): Program {
  const program = spawnProgram(folder ?? tempFolder(), options);
  onTestFinished(async () => {
    program.child.kill('SIGKILL');
    await program.exit;
  });
  return program;
}

/** The config of a program on a fake Ollama, with the tiny model in place of the real one; `models` is YAML below `models:`. */
export function yamlOn(ollamaUrl: string, models = '  tiny: {}', further = ''): string {
  return `runtimes: { ollama: { url: "${ollamaUrl}" }, llamacpp: { threads: 1 } }
weights: { qwen-0.5b: { file: tiny.gguf, context: 512 } }
models:
${models}
${further}
`;
}

/** Puts the tiny model into a data folder. */
export function withTinyModel(folder: string): string {
  mkdirSync(join(folder, 'models'), { recursive: true });
  writeTinyGguf(join(folder, 'models', 'tiny.gguf'));
  return folder;
}

/** Asks a program, as `curl` would. */
export function chat(
  url: string,
  text: string,
  fields: Record<string, unknown> = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: text }], ...fields }),
    ...(init.signal && { signal: init.signal }),
  });
}
