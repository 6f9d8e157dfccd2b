import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseDarwin } from '../../proxy/memory/read-darwin.ts';
import { parseLinux, readLinux } from '../../proxy/memory/read-linux.ts';
import { ratesBetween } from '../../proxy/memory/reading.ts';

/** The shape of `vm_stat` on Apple silicon, figures made up. */
const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                5000.
Pages active:                            400000.
Pages inactive:                          390000.
Pages speculative:                         9000.
Pages throttled:                              0.
Pages wired down:                         10000.
Pages purgeable:                           1000.
"Translation faults":                 900000000.
Pages copy-on-write:                   30000000.
Pages zero filled:                    500000000.
Pages reactivated:                      9000000.
Pages purged:                           2000000.
File-backed pages:                       200000.
Anonymous pages:                          30000.
Pages stored in compressor:              900000.
Pages occupied by compressor:              6000.
Decompressions:                        40000000.
Compressions:                          50000000.
Pageins:                               12345678.
Pageouts:                                  1234.
Swapins:                                3000000.
Swapouts:                               4000000.
`;
const SYSCTL = '2\ntotal = 3072.00M  used = 1250.50M  free = 1821.50M  (encrypted)\n';

describe('macOS', () => {
  it('tells counters, level, swap and what is available', () => {
    expect(parseDarwin(VM_STAT, SYSCTL)).toEqual({
      total: totalmem(),
      available: Math.max(0, totalmem() - (30_000 - 1000 + 10_000 + 6000) * 16_384),
      swapUsed: 1250.5 * 1024 * 1024,
      kernelLevel: 'warn',
      stalled: null,
      counters: {
        pageouts: 1234,
        pageins: 12_345_678,
        swapouts: 4_000_000,
        decompressions: 40_000_000,
        major_faults: null,
      },
    });
  });

  it('takes the page size from the header', () => {
    const intel = parseDarwin(VM_STAT.replace('16384', '4096'), SYSCTL);
    expect(totalmem() - (intel.available ?? 0)).toBe(45_000 * 4096);
  });

  it('has no zero for what is missing', () => {
    const lacking = parseDarwin(VM_STAT.replace(/^(Swapouts|Anonymous pages).*\n/gm, ''), '1\n');
    expect(lacking).toMatchObject({
      available: null,
      swapUsed: null,
      kernelLevel: 'normal',
      counters: { swapouts: null, pageouts: 1234 },
    });
    expect(parseDarwin(null, null)).toMatchObject({
      available: null,
      swapUsed: null,
      kernelLevel: null,
      counters: { pageouts: null },
    });
    expect(parseDarwin('Statistiken des virtuellen Speichers', 'unbekannt')).toMatchObject({
      available: null,
      kernelLevel: null,
    });
  });

  it('reads past lines that it does not know', () => {
    expect(parseDarwin(`${VM_STAT}Pages teleported:  7.\n`, `${SYSCTL}what = 3`).counters.swapouts).toBe(
      4_000_000,
    );
    expect(parseDarwin(VM_STAT, SYSCTL.replace('1250.50M', '1,50G')).swapUsed).toBe(1.5 * 1024 ** 3);
  });
});

describe('Linux', () => {
  const MEMINFO =
    'MemTotal:       24684092 kB\nMemFree:  1 kB\nMemAvailable:   22000000 kB\nSwapTotal: 2000 kB\nSwapFree: 500 kB\n';
  const VMSTAT = 'pgpgin 100\npgpgout 200\npswpin 3\npswpout 4\npgfault 9\npgmajfault 5\n';
  const PSI =
    'some avg10=12.34 avg60=1.00 avg300=0.10 total=1\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=1\n';

  it('tells counters, stalls and what is available', () => {
    expect(parseLinux(MEMINFO, VMSTAT, PSI)).toEqual({
      total: 24_684_092 * 1024,
      available: 22_000_000 * 1024,
      swapUsed: 1500 * 1024,
      kernelLevel: null,
      stalled: 12.34,
      counters: { pageouts: null, pageins: null, swapouts: 4, decompressions: null, major_faults: 5 },
    });
  });

  it('has no zero for what is missing', () => {
    expect(parseLinux(null, null, null)).toMatchObject({
      total: totalmem(),
      available: null,
      swapUsed: null,
      stalled: null,
      counters: { swapouts: null },
    });
  });

  it('is read for real', async (context) => {
    if (process.platform !== 'linux') return context.skip('this is not Linux');
    const reading = await readLinux();
    expect(reading.total).toBeGreaterThan(1e8);
    expect(reading.available).toBeLessThanOrEqual(reading.total);
    expect(reading.counters.major_faults).not.toBeNull();
  });
});

describe('rates', () => {
  const counters = { pageouts: 10, pageins: null, swapouts: 100, decompressions: 5, major_faults: 1 };
  it('are differences over the real time; what began anew or is missing is null', () => {
    expect(ratesBetween(counters, { ...counters, pageouts: 30, pageins: 4, decompressions: 1 }, 4)).toEqual({
      pageouts: 5,
      pageins: null,
      swapouts: 0,
      decompressions: null,
      major_faults: 0,
    });
    expect(ratesBetween(counters, counters, 0).pageouts).toBeNull();
  });
});
