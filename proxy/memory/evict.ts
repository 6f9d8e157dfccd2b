import type { MemorySample } from '../contract.ts';
import { messageOf } from '../errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { MemoryProbe } from './probe.ts';

/** How long memory may take to come back after a runtime has said that it is free. */
const RETURN_LIMIT_MS = 5000;
const LOOK_AGAIN_MS = 100;

interface EvictParts {
  ledger: Ledger;
  probe: MemoryProbe;
  warn(message: string): void;
  /** Monotonic, in ms. */
  now(): number;
}

/** Unloads what stands in `ids`, and waits until its memory is back. What does not leave is a warning. */
export async function evict(ids: string[], entries: LedgerEntry[], parts: EvictParts): Promise<void> {
  const { ledger, probe, warn, now } = parts;
  const before = residentOf(await probe.sample());
  let expected = 0;
  for (const { id, runtime, resident } of entries) {
    if (!ids.includes(id)) continue;
    try {
      await ledger.unload(runtime, resident.key);
      expected += resident.size ?? 0;
    } catch (error) {
      warn(`${id} did not leave memory (${messageOf(error)})`);
    }
  }
  // A runtime says that it is done before its processes have given the memory back.
  const until = now() + RETURN_LIMIT_MS;
  const enough = before - expected / 2;
  for (;;) {
    // Whoever plans next sees the machine as it is now.
    const left = residentOf(await probe.sample());
    if (left <= enough || before === 0 || now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** What the runtimes' processes hold; 0 where that cannot be measured, and then nothing is waited for. */
const residentOf = ({ resident }: MemorySample): number => (resident.ollama ?? 0) + (resident.llamacpp ?? 0);
