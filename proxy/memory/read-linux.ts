import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { MemoryReading } from './reading.ts';

/** Reads /proc: three small files, no process is spawned. What a kernel does not have is null. */
export async function readLinux(): Promise<MemoryReading> {
  const [meminfo, vmstat, pressure] = await Promise.all(
    ['/proc/meminfo', '/proc/vmstat', '/proc/pressure/memory'].map(textOrNull),
  );
  return parseLinux(meminfo ?? null, vmstat ?? null, pressure ?? null);
}

/** A file of /proc that this kernel may not have (PSI can be switched off, containers hide some). */
async function textOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

/** The texts of /proc/meminfo, /proc/vmstat and /proc/pressure/memory, each null when it is not there. */
export function parseLinux(
  meminfo: string | null,
  vmstat: string | null,
  pressure: string | null,
): MemoryReading {
  const kilobytes = (key: string): number | null => {
    const value = figure(meminfo, new RegExp(`^${key}:\\s+(\\d+) kB`, 'm'));
    return value === null ? null : value * 1024;
  };
  const counter = (key: string): number | null => figure(vmstat, new RegExp(`^${key} (\\d+)$`, 'm'));
  const [swapTotal, swapFree] = [kilobytes('SwapTotal'), kilobytes('SwapFree')];
  return {
    total: kilobytes('MemTotal') ?? totalmem(),
    available: kilobytes('MemAvailable'),
    swapUsed: swapTotal === null || swapFree === null ? null : swapTotal - swapFree,
    kernelLevel: null,
    stalled: figure(pressure, /^some avg10=([\d.]+)/m),
    counters: {
      // pgpgout and pgpgin count kilobytes of any file: another thing under a similar name.
      pageouts: null,
      pageins: null,
      swapouts: counter('pswpout'),
      decompressions: null,
      major_faults: counter('pgmajfault'),
    },
  };
}

function figure(text: string | null, pattern: RegExp): number | null {
  const found = text === null ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
