import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ChatRequest, RuntimeEvent } from '../../../proxy/chat/types.ts';
import { forkChild } from '../../../proxy/runtimes/llamacpp/child-process.ts';
import { Llamacpp } from '../../../proxy/runtimes/llamacpp/runtime.ts';
import type { Link } from '../../../proxy/runtimes/types.ts';
import { chatRequest, collect, never } from '../../helpers/requests.ts';
import { writeTinyGguf } from '../../tiny-gguf/write-tiny-gguf.ts';

export const CONTEXT = 256;

/** A link on the tiny model, or on another file of the test's folder. */
export function link(fields: Partial<Link> = {}, file = 'tiny.gguf'): Link {
  return {
    model: 'tiny',
    runtime: 'llamacpp',
    weights: { id: 'w', file, size_gb: 0.001, context: CONTEXT, parallel: 2 },
    settings: { on_tight: 'load', on_no_room: 'demote' },
    keepAliveS: 300,
    timeouts: { connect: 1, firstToken: 60, load: 60, idle: 60 },
    ...fields,
  };
}

/** The runtime for one test file, its folder with the tiny model in it; both are gone after the file. */
export function startRuntime() {
  const folder = mkdtempSync(join(tmpdir(), 'llamacpp-'));
  // One thread: two would wait for each other whenever another test needs a core.
  const runtime = new Llamacpp(folder, 1, forkChild);
  writeTinyGguf(join(folder, 'tiny.gguf'));
  afterAll(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (text: string, fields: Partial<ChatRequest> = {}, at = link()) =>
    collect(runtime.complete(at)(chatRequest(text, fields), never()));
  return { runtime, folder, ask };
}

export const finishOf = (events: RuntimeEvent[]) => events.find((event) => event.type === 'finish');
