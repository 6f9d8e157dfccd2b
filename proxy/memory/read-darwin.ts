import { execFile } from 'node:child_process';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { PressureLevel } from '../contract.ts';
import type { MemoryReading } from './reading.ts';

const run = promisify(execFile);
const LIMIT_MS = 3000;

/** Asks macOS: `vm_stat` and `sysctl`, without blocking. What they do not tell is null. */
export async function readDarwin(): Promise<MemoryReading> {
  const [vmStat, sysctl] = await Promise.all([
    textOrNull('vm_stat', []),
    textOrNull('sysctl', ['-n', 'kern.memorystatus_vm_pressure_level', 'vm.swapusage']),
  ]);
  return parseDarwin(vmStat, sysctl);
}

async function textOrNull(command: string, args: string[]): Promise<string | null> {
  try {
    // The figures are looked up by English names.
    const { stdout } = await run(command, args, { timeout: LIMIT_MS, env: { ...process.env, LC_ALL: 'C' } });
    return stdout;
  } catch {
    return null;
  }
}

const LEVELS: Record<string, PressureLevel> = { 1: 'normal', 2: 'warn', 4: 'critical' };

/** The texts of `vm_stat` and of `sysctl -n kern.memorystatus_vm_pressure_level vm.swapusage`, null when missing. */
export function parseDarwin(vmStat: string | null, sysctl: string | null): MemoryReading {
  const pageSize = Number(/page size of (\d+) bytes/.exec(vmStat ?? '')?.[1] ?? 16_384);
  const pages = (name: string): number | null => {
    const found = new RegExp(`^"?${name}"?:\\s+(\\d+)\\.?$`, 'm').exec(vmStat ?? '')?.[1];
    return found === undefined ? null : Number(found);
  };
  const total = totalmem();
  return {
    total,
    available: available(total, pageSize, pages),
    swapUsed: swapUsed(sysctl),
    kernelLevel: LEVELS[/^\s*([124])\s*$/m.exec(sysctl ?? '')?.[1] ?? ''] ?? null,
    stalled: null,
    counters: {
      pageouts: pages('Pageouts'),
      pageins: pages('Pageins'),
      swapouts: pages('Swapouts'),
      decompressions: pages('Decompressions'),
      major_faults: null,
    },
  };
}

/**
 * What is neither wired down nor a program's own nor taken by the compressor: Activity Monitor's "memory used",
 * subtracted from what there is. File pages count as available, since they go without being written anywhere.
 */
function available(total: number, pageSize: number, pages: (name: string) => number | null): number | null {
  const anonymous = pages('Anonymous pages');
  const wired = pages('Pages wired down');
  const compressor = pages('Pages occupied by compressor');
  if (anonymous === null || wired === null || compressor === null) return null;
  const used = anonymous - (pages('Pages purgeable') ?? 0) + wired + compressor;
  return Math.max(0, total - used * pageSize);
}

/** `total = 2048.00M  used = 1250.25M  free = 797.75M  (encrypted)` */
function swapUsed(sysctl: string | null): number | null {
  const [, amount, unit = ''] = /used = ([\d.,]+)([KMG])/.exec(sysctl ?? '') ?? [];
  if (amount === undefined) return null;
  const factor: Record<string, number> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
  return Math.round(Number(amount.replace(',', '.')) * (factor[unit] ?? 1));
}
