import type { Ledger, LedgerEntry } from './ledger.ts';
import type { MemoryProbe } from './probe.ts';

/** How long memory may take to come back after a runtime has said that it is free. */
const RETURN_LIMIT_MS = 5000;
const LOOK_AGAIN_MS = 100;

interface EvictParts {
  ledger: Ledger;
  probe: MemoryProbe;
}

/**
 * Unloads what stands in `ids`, and waits until the processes that held it are gone, for until then its memory is not
 * free. Returns the errors of those that did not leave, by their id.
 */
export async function evict(
  ids: readonly string[],
  entries: readonly LedgerEntry[],
  { ledger, probe }: EvictParts,
): Promise<Map<string, unknown>> {
  await probe.sample();
  const failed = new Map<string, unknown>();
  const leaving: { process: number | string; before: number }[] = [];
  for (const { id, runtime, resident } of entries) {
    if (!ids.includes(id)) continue;
    const { key, process } = resident;
    try {
      const before = process === null ? 0 : probe.running(process);
      await ledger.unload(runtime, key);
      if (process !== null) leaving.push({ process, before });
    } catch (error) {
      failed.set(id, error);
    }
  }
  const until = performance.now() + RETURN_LIMIT_MS;
  for (;;) {
    // Whoever plans next sees the machine as it is now.
    await probe.sample();
    // An orphan of a dead Ollama may hold the same file, and stays.
    const stay = leaving.some(({ process, before }) => before > 0 && probe.running(process) >= before);
    if (!stay || performance.now() > until) return failed;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
