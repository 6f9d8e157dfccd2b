import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_FLAGS } from '../../proxy/headless/service-plan.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { FaultProxy } from '../helpers/fault-proxy.ts';
import { type Program, spawnProgram } from '../helpers/spawn-program.ts';
import { FAKE_MODELS } from '../helpers/toaster.ts';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';
import { COUNCIL, MODELS, wireFault } from './plan.ts';

/** A real Toaster, with a fault proxy between it and a fake Ollama, and the embedded engine on a tiny model. */
export interface Stage {
  fake: FakeOllama;
  between: FaultProxy;
  program: Program;
  /** Of the Toaster. */
  url: string;
  close(): Promise<void>;
}

/** Short, so that a runtime that hangs costs a soak little of its time. */
const TIMEOUTS = 'timeouts: { connect: 500ms, first_token: 600ms, load: 2s, idle: 400ms }';

/** The machine's own memory has no part in it. */
const config = (ollama: string): string => `
runtimes:
  ollama: { url: "${ollama}" }
  llamacpp: { threads: 1 }
weights:
  qwen-9b: { size_gb: 0.01 }
  gemma-4b: { size_gb: 0.01 }
  llama-3b: { size_gb: 0.01 }
  llama-1b: { size_gb: 0.01 }
  qwen-0.5b: { file: tiny.gguf, context: 2048 }
memory: { reserve_gb: 0, system_gb: 0 }
models:
${Object.entries(MODELS)
  .map(([name, onOllama]) => `  ${name}: { ${onOllama === null ? 'temperature: 0' : TIMEOUTS} }`)
  .join('\n')}
  ${COUNCIL}: { members: [{ model: fast-9b }, { model: fast-4b }, { model: tiny }], chairman: fast-3b }
`;

/** Starts it all; `seed` decides what is wrong with each connection to the fake. */
export async function openStage(seed: number): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const fake = await FakeOllama.start({
    models: FAKE_MODELS.map((model) => ({ ...model, size: 1e7, loadMs: 30, tokenMs: 1 })),
  });
  const between = await FaultProxy.start(fake.port, (n) => wireFault(seed, n));
  writeFileSync(join(folder, 'config.yaml'), config(between.url));
  mkdirSync(join(folder, 'models'));
  writeTinyGguf(join(folder, 'models', 'tiny.gguf'));
  // V8's young generation takes what it may at some time or other, which would be no leak.
  const program = spawnProgram(folder, { env: { NODE_OPTIONS: NODE_FLAGS.join(' ') } });
  return {
    fake,
    between,
    program,
    url: await program.listening(),
    async close() {
      program.child.kill('SIGKILL');
      await program.exit;
      await between.close();
      await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
