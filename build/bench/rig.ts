import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leastProgram } from './least.ts';
import type { Target } from './measure.ts';
import { startPortkey } from './portkey.ts';
import { type Program, startProgram, TOASTER } from './processes.ts';

/** What runs while it is measured. */
export interface Rig {
  /** Ollama, which answers at once, and one that takes 60 ms for each token. */
  upstream: Program;
  slow: Program;
  /** The same answers as OpenAI's server-sent events, for gateways that translate nothing. */
  openai: Program;
  pipe: Program;
  /** What any program on node:http does that translates and logs. */
  translator: Program;
  /** The same before the slow upstream. */
  slowTranslator: Program;
  toaster: Program;
  /** Null where it is not installed. */
  portkey: Program | null;
}

const QUESTION = 'Write a one-line commit message.';
const asked = (content: string) => [{ role: 'user', content }];
const fake = ['test/fake-ollama/main.ts', '--port', '0', '--models', 'fast:9b'];

/** Starts all of it. `data`: a folder for Toaster's files. */
export async function startRig(data: string): Promise<Rig> {
  const upstream = await startProgram(fake);
  const slow = await startProgram([...fake, '--token-ms', '60']);
  return {
    upstream,
    slow,
    openai: await startProgram(['build/bench/openai-upstream.ts']),
    pipe: await startPipe(upstream),
    translator: await startTranslator(upstream, data),
    slowTranslator: await startTranslator(slow, data),
    toaster: await startToaster(upstream, slow, data),
    portkey: await startPortkey(),
  };
}

export const startTranslator = (upstream: Program, data: string): Promise<Program> =>
  startProgram([leastProgram('translator'), upstream.url, join(data, 'translator.jsonl')]);

export const startPipe = (upstream: Program): Promise<Program> =>
  startProgram([leastProgram('pipe'), upstream.url]);

/** The bundled program, on these runtimes. */
export function startToaster(upstream: Program, slow: Program, data: string): Promise<Program> {
  const config = join(data, 'config.yaml');
  writeFileSync(
    config,
    `runtimes:
  ollama: { url: "${upstream.url}" }
  slow: { kind: ollama, url: "${slow.url}" }
weights:
  qwen-9b: { name: "fast:9b", parallel: 16 }
  slow: { runtime: slow, name: "fast:9b", size_gb: 1 }
models:
  slow: { weights: slow }
`,
  );
  return startProgram(TOASTER, {
    ASK_PORT: '0',
    ASK_CONFIG: config,
    ASK_DATA_DIR: data,
  });
}

/** Ollama itself, or the pipe before it. */
export const native = (name: string, { url }: Program, content = QUESTION): Target => ({
  name,
  url,
  path: '/api/chat',
  body: { model: 'fast:9b', messages: asked(content), options: { num_ctx: 8192 } },
});

interface More {
  model?: string;
  content?: string;
  headers?: Record<string, string>;
}

/** OpenAI's API. */
export const openaiChat = (
  name: string,
  { url }: Program,
  { model = 'fast-9b', content = QUESTION, headers = {} }: More = {},
): Target => ({
  name,
  url,
  path: '/v1/chat/completions',
  headers,
  body: { model, messages: asked(content), stream: true },
});
