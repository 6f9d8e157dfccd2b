import { totalmem } from 'node:os';
import { readDarwin } from './read-darwin.ts';
import { readLinux } from './read-linux.ts';
import { type MemoryReading, NO_COUNTERS } from './reading.ts';

const READERS: Partial<Record<NodeJS.Platform, () => Promise<MemoryReading>>> = {
  linux: readLinux,
  darwin: readDarwin,
};

/** What this platform tells about its memory; elsewhere only its size. */
export function readMemory(): Promise<MemoryReading> {
  return (READERS[process.platform] ?? readNothing)();
}

async function readNothing(): Promise<MemoryReading> {
  return {
    total: totalmem(),
    available: null,
    swapUsed: null,
    kernelLevel: null,
    stalled: null,
    counters: NO_COUNTERS,
  };
}
