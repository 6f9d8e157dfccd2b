import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listLinuxProcesses } from '../../proxy/memory/list-linux-processes.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function procOf(entries: Record<string, { status: string; cmdline?: string }>): string {
  const proc = tempFolder();
  for (const [id, { status, cmdline }] of Object.entries(entries)) {
    mkdirSync(join(proc, id));
    writeFileSync(join(proc, id, 'status'), status);
    if (cmdline !== undefined) writeFileSync(join(proc, id, 'cmdline'), cmdline);
  }
  return proc;
}
const status = (name: string, parent: number, rss?: number): string =>
  `Name:\t${name}\nUmask:\t0022\nPid:\t7\nPPid:\t${parent}\n${rss === undefined ? '' : `VmRSS:\t    ${rss} kB\n`}Threads:\t1\n`;

describe('the processes of a Linux machine', () => {
  it('are read from /proc: kilobytes become bytes, and words of a command line are parted by spaces', async () => {
    const proc = procOf({
      '12': { status: status('ollama', 1, 60), cmdline: '/usr/bin/ollama\0serve\0' },
      '13': { status: status('a b', 12, 5), cmdline: '' },
      self: { status: status('ollama', 1, 60), cmdline: 'ollama\0serve\0' },
    });
    expect(await listLinuxProcesses(proc)).toEqual([
      { pid: 12, parent: 1, name: 'ollama', command: '/usr/bin/ollama serve', rss: 61_440 },
      { pid: 13, parent: 12, name: 'a b', command: 'a b', rss: 5_120 },
    ]);
  });

  it("are without the kernel's own threads, and without those that end while they are looked at", async () => {
    const proc = procOf({ '2': { status: status('kthreadd', 0) }, '9': { status: status('gone', 1, 8) } });
    expect(await listLinuxProcesses(proc)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('have this one among them', async () => {
    const own = (await listLinuxProcesses()).find(({ pid }) => pid === process.pid);
    expect(own).toMatchObject({ parent: process.ppid });
    expect(own?.command).toContain(process.argv0);
    expect(own?.rss).toBeGreaterThan(1e7);
  });
});
