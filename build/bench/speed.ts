import { percentile } from '../../proxy/telemetry/percentile.ts';
import { interleave, type Target, type Timing, throughput } from './measure.ts';
import { portkeyHeaders } from './portkey.ts';
import { cpuMs, type Program } from './processes.ts';
import { native, openaiChat, type Rig } from './rig.ts';
import { ms, type Row } from './row.ts';

/** What it costs to be in between, of one request and of many. */

const ROUNDS = 1500;
/** For which requests are counted at a time. */
const SECONDS = 2;
const LONG = Array.from({ length: 199 }, (_, n) => `word${n}`).join(' ');

export async function speedRows(rig: Rig): Promise<Row[]> {
  return [
    ...(await latencyRows(rig)),
    await firstTokenRow(
      'first token, upstream without latency',
      native('direct', rig.upstream),
      'fast-9b',
      300,
      rig,
      3,
    ),
    await firstTokenRow('first token, 60 ms upstream', native('direct', rig.slow), 'slow', 20, rig, 1.02),
    await firstTokenRow(
      'the same by the least that translates',
      native('direct', rig.slow),
      'slow',
      20,
      { toaster: rig.slowTranslator },
      null,
    ),
    ...(await longRows(rig)),
    ...(await throughputRows(rig)),
    ...(await hitRows(rig)),
  ];
}

const totals = (timings: Timing[] | undefined): number[] => (timings ?? []).map(({ totalMs }) => totalMs);
const firsts = (timings: Timing[] | undefined): number[] => (timings ?? []).map(({ firstMs }) => firstMs);

/** Portkey before a server of OpenAI's API, and that server itself. */
function portkeyTargets({ portkey, openai }: Rig): Target[] {
  if (portkey === null) return [];
  return [openaiChat('openai', openai), openaiChat('portkey', portkey, { headers: portkeyHeaders(openai) })];
}

/** Those that are compared, each as the name under which it is timed. */
function everybody(rig: Rig): Target[] {
  return [
    native('direct', rig.upstream),
    native('pipe', rig.pipe),
    openaiChat('translator', rig.translator),
    openaiChat('toaster', rig.toaster),
    ...portkeyTargets(rig),
  ];
}

async function latencyRows(rig: Rig): Promise<Row[]> {
  const timings = await interleave(everybody(rig), ROUNDS);
  const at = (name: string, share = 0.5): number => percentile(totals(timings.get(name)), share);
  const added = at('toaster') - at('direct');
  const over = (what: string, other: number, aim: number | null): Row => ({
    what: `added p50 over ${what}`,
    measured: `${ms(added)} to ${ms(other)}`,
    value: added / other,
    aim,
  });
  return [
    over('a bare pipe', at('pipe') - at('direct'), 1.4),
    over('the least that translates', at('translator') - at('direct'), null),
    ...(rig.portkey ? [over('Portkey', at('portkey') - at('openai'), 0.42)] : []),
    {
      what: 'p99 over a bare pipe',
      measured: `${ms(at('toaster', 0.99))} to ${ms(at('pipe', 0.99))}`,
      value: at('toaster', 0.99) / at('pipe', 0.99),
      aim: null,
    },
  ];
}

async function firstTokenRow(
  what: string,
  direct: Target,
  model: string,
  rounds: number,
  rig: Pick<Rig, 'toaster'>,
  aim: number | null,
): Promise<Row> {
  const timings = await interleave([direct, openaiChat('toaster', rig.toaster, { model })], rounds);
  const [bare, proxied] = [
    percentile(firsts(timings.get('direct')), 0.5),
    percentile(firsts(timings.get('toaster')), 0.5),
  ];
  return { what, measured: `${ms(proxied)} to ${ms(bare)}`, value: proxied / bare, aim };
}

async function longRows({ upstream, pipe, translator, toaster }: Rig): Promise<Row[]> {
  const timings = await interleave(
    [
      native('direct', upstream, LONG),
      native('pipe', pipe, LONG),
      openaiChat('translator', translator, { content: LONG }),
      openaiChat('toaster', toaster, { content: LONG }),
    ],
    200,
  );
  const at = (name: string): number => percentile(totals(timings.get(name)), 0.5);
  const over = (what: string, name: string, aim: number | null): Row => ({
    what: `200 tokens, the whole, ${what}over a bare pipe`,
    measured: `${ms(at(name))} to ${ms(at('pipe'))}`,
    value: at(name) / at('pipe'),
    aim,
  });
  return [over('', 'toaster', 1.2), over('by the least that translates, ', 'translator', null)];
}

async function throughputRows(rig: Rig): Promise<Row[]> {
  const targets = everybody(rig);
  const rates = new Map(targets.map(({ name }): [string, number[]] => [name, []]));
  const costs = new Map(targets.map(({ name }): [string, number[]] => [name, []]));
  const pids = new Map(Object.values(rig).map((program: Program | null) => [program?.url, program?.pid]));
  for (let round = 0; round < 3; round++)
    for (const target of targets) {
      const pid = process.platform === 'linux' ? pids.get(target.url) : undefined;
      const before = pid === undefined ? Number.NaN : cpuMs(pid);
      const rate = await throughput(target, 10, SECONDS);
      rates.get(target.name)?.push(rate);
      if (pid !== undefined) costs.get(target.name)?.push((cpuMs(pid) - before) / (rate * SECONDS));
    }
  const rate = (name: string): number => percentile(rates.get(name) ?? [], 0.5);
  const cost = (name: string): number => percentile(costs.get(name) ?? [], 0.5);
  const of = (name: string, what: string, aim: number | null): Row => ({
    what: `requests/s at 10 connections, of ${what}`,
    measured: `${Math.round(rate('toaster'))} to ${Math.round(rate(name))}`,
    value: rate('toaster') / rate(name),
    aim,
    least: true,
  });
  // What other programs do on the machine disturbs this less than the rates.
  const cpuOf = (name: string, what: string): Row => ({
    what: `CPU time of a request at 10 connections, of ${what}`,
    measured: `${ms(cost('toaster'))} to ${ms(cost(name))}`,
    value: cost('toaster') / cost(name),
    aim: null,
  });
  return [
    of('pipe', 'a bare pipe', 0.7),
    of('translator', 'the least that translates', null),
    ...(rig.portkey ? [of('portkey', 'Portkey', 2.7)] : []),
    ...(process.platform === 'linux'
      ? [cpuOf('pipe', 'a bare pipe'), cpuOf('translator', 'the least that translates')]
      : []),
  ];
}

async function hitRows({ toaster, translator }: Rig): Promise<Row[]> {
  const health: Target = { name: 'health', url: toaster.url, path: '/health', body: null };
  const headers = { 'x-cache': 'use' };
  const hit = openaiChat('hit', toaster, { headers });
  const least = openaiChat('least', translator, { headers });
  const timings = await interleave([hit, least, health], ROUNDS);
  const at = (name: string, share: number): number => percentile(totals(timings.get(name)), share);
  const [p50, p99] = [at('hit', 0.5), at('hit', 0.99)];
  return [
    {
      what: 'cache hit p50 over GET /health',
      measured: `${ms(p50)} to ${ms(at('health', 0.5))}`,
      value: p50 / at('health', 0.5),
      aim: 1.2,
    },
    {
      what: 'the least that looks up, over GET /health',
      measured: `${ms(at('least', 0.5))} to ${ms(at('health', 0.5))}`,
      value: at('least', 0.5) / at('health', 0.5),
      aim: null,
    },
    { what: 'cache hit p99, ms', measured: ms(p99), value: p99, aim: 2 },
    {
      what: 'the least that looks up, p99, ms',
      measured: ms(at('least', 0.99)),
      value: at('least', 0.99),
      aim: null,
    },
  ];
}
