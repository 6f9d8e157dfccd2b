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

/**
 * Unloads what stands in `ids`, and waits until the processes that held it are gone, for until then its memory is not
 * free. What does not leave is a warning.
 */
export async function evict(ids: string[], entries: LedgerEntry[], parts: EvictParts): Promise<void> {
  const { ledger, probe, warn, now } = parts;
  await probe.sample();
  const leaving: { process: number | string; before: number }[] = [];
  for (const { id, runtime, resident } of entries) {
    if (!ids.includes(id)) continue;
    const { key, process } = resident;
    try {
      const before = process === null ? 0 : probe.running(process);
      await ledger.unload(runtime, key);
      if (process !== null) leaving.push({ process, before });
    } catch (error) {
      warn(`${id} did not leave memory (${messageOf(error)})`);
    }
  }
  const until = now() + RETURN_LIMIT_MS;
  for (;;) {
    // Whoever plans next sees the machine as it is now.
    await probe.sample();
    // An orphan of a dead Ollama may hold the same file, and stays.
    const stay = leaving.some(({ process, before }) => before > 0 && probe.running(process) >= before);
    if (!stay || now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
