import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logLine } from '../../proxy/telemetry/log-line.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { ReceiptBuilder } from '../../proxy/telemetry/receipt.ts';
import { startProgram, stop, TOASTER } from './processes.ts';
import type { Row } from './row.ts';

/** A log of a million lines, beside an empty one. */

const LINES = 1_000_000;
const WEEK_S = 7 * 86_400;

/** Lines of answered requests, spread over the week before now, in five files as rotation leaves them. */
async function writeLog(folder: string): Promise<void> {
  const now = Date.now() / 1000;
  // The oldest is written first, into the file with the highest number.
  const perFile = LINES / 5;
  for (let file = 4; file >= 0; file--) {
    const out = createWriteStream(join(folder, file === 0 ? 'log.jsonl' : `log.jsonl.${file}`), {
      mode: 0o600,
    });
    for (let n = 0; n < perFile; n++) {
      const index = (4 - file) * perFile + n;
      const ts = now - WEEK_S + (index / LINES) * WEEK_S;
      const clock = { wall: () => ts, now: () => 0 };
      const receipt = new ReceiptBuilder(`request-${index}`, index % 3 === 0 ? 'ask' : 'api', clock);
      receipt.asked('fast-9b', { hash: (index % 9973).toString(16).padStart(8, '0'), chars: 200 });
      receipt.add({ type: 'attempt', state: 'started', model: 'fast-9b' });
      receipt.add({ type: 'delta', text: 'An answer of a few words.' });
      receipt.add({
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens: 50, completionTokens: 7 },
        loadS: 0,
      });
      const line = {
        ...logLine(receipt.receipt(), { user: null, metadata: null }),
        latency_s: 0.2 + (index % 100) / 50,
      };
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'close');
  }
}

/** Starting on such a log, and asking for what is in it. */
export async function bigLogRows(): Promise<Row[]> {
  const folders = {
    big: mkdtempSync(join(tmpdir(), 'toaster-big-')),
    empty: mkdtempSync(join(tmpdir(), 'toaster-empty-')),
  };
  try {
    await writeLog(folders.big);
    const starts = { big: [] as number[], empty: [] as number[] };
    for (let round = -1; round < 7; round++)
      for (const name of ['big', 'empty'] as const) {
        const began = performance.now();
        const program = await startToaster(folders[name]);
        await (await fetch(`${program.url}/health`)).text();
        if (round >= 0) starts[name].push(performance.now() - began);
        if (round < 0) await counted(program.url);
        await stop(program);
      }
    const { url } = await startToaster(folders.big);
    await counted(url);
    const ask = join(import.meta.dirname, '..', '..', 'cli', 'ask');
    const env = { ...process.env, ASK_URL: url, ASK_DATA_DIR: folders.big };
    const stats = await median(
      () => void execFileSync(ask, ['--stats', '7d'], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    const page = await median(async () => {
      const response = await fetch(`${url}/api/requests?limit=200`);
      await response.text();
      if (!response.ok) throw new Error(`${response.url} said ${response.status}`);
    });
    const [big, empty] = [percentile(starts.big, 0.5), percentile(starts.empty, 0.5)];
    const row = (what: string, value: number, aim: number): Row => ({
      what,
      measured: `${value.toFixed(0)} ms`,
      value,
      aim,
    });
    return [
      {
        what: 'start with 1,000,000 log lines, over none',
        measured: `${big.toFixed(0)} ms to ${empty.toFixed(0)} ms`,
        value: big / empty,
        aim: 1.2,
      },
      row('ask --stats over them, ms', stats, 1000),
      row('a page of requests for the window, ms', page, 300),
    ];
  } finally {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  }
}

const startToaster = (folder: string) => startProgram(TOASTER, { ASK_PORT: '0', ASK_DATA_DIR: folder });

/** Until the roll-up has caught up with the log. */
async function counted(url: string): Promise<void> {
  for (;;) {
    const { counting } = (await (await fetch(`${url}/api/stats?span=week`)).json()) as { counting?: unknown };
    if (!counting) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function median(ask: () => Promise<void> | void): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return percentile(times, 0.5);
}
