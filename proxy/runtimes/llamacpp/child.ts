import { open } from 'node:fs/promises';
import type { LlamaModel } from 'node-llama-cpp';
import { createEngine, type Engine } from './engine.ts';
import { EngineFault } from './engine-fault.ts';
import { parentChannel } from './parent-channel.ts';
import type { LoadOrder, ToChild } from './protocol.ts';

/**
 * The process that holds one set of weights. It lives from the first request until its parent ends it, so that all of
 * its memory comes back at once; when the parent is gone, it goes, too.
 */

const { tell, listen } = parentChannel();
const running = new Map<number, AbortController>();
let engine: Promise<Engine> | undefined;

listen(
  (message) => {
    if (message.type === 'load') engine = load(message);
    else if (message.type === 'abort') running.get(message.id)?.abort();
    else void generate(message);
  },
  () => process.exit(0),
);

async function load({ file, context, parallel, threads }: LoadOrder): Promise<Engine> {
  try {
    await requireGguf(file);
    const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
    // Nothing is built and nothing fetched here: what came with the installation is used, Metal on a Mac by itself.
    const llama = await getLlama({
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
    });
    // Threads wait for each other by spinning, so one that has to share its core slows all: measured on 2 cores, 4
    // threads were 90 times slower than 2, and 2 beside one busy program twice as slow as 1. One core is left free.
    const useful = threads ?? Math.max(1, llama.cpuMathCores - 1);
    llama.maxThreads = useful;
    const model: LlamaModel = await llama.loadModel({
      modelPath: file,
      onLoadProgress: (value) => tell({ type: 'progress', value }),
    });
    const made = await createEngine(llama, model, { context, parallel, threads: useful });
    tell({ type: 'loaded' });
    return made;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const noRoom = error instanceof Error && error.constructor.name === 'InsufficientMemoryError';
    tell({ type: 'load-failed', noRoom, message });
    return new Promise(() => undefined);
  }
}

/** node-llama-cpp reads on without end in a file that only begins like a GGUF. Versions 2 and 3 are in use. */
async function requireGguf(file: string): Promise<void> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
  const isGguf = buffer.toString('latin1', 0, 4) === 'GGUF' && [2, 3].includes(buffer.readUInt32LE(4));
  if (!isGguf) throw new Error(`${file} is not a GGUF file; download it again`);
}

async function generate({ id, request }: Extract<ToChild, { type: 'generate' }>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const ready = await engine;
    const finish = await ready?.generate(request, stop.signal, (event) => tell({ type: 'event', id, event }));
    if (finish) tell({ type: 'event', id, event: finish });
  } catch (error) {
    if (stop.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    tell({
      type: 'failed',
      id,
      error: error instanceof EngineFault ? error.toWire() : { kind: 'engine', message },
    });
  } finally {
    running.delete(id);
  }
}
