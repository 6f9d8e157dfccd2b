import { EXIT } from '../contract.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { jsonLine } from '../json-line.ts';
import type { AskCall } from './call.ts';
import { harmless } from './harmless.ts';
import { UsageError } from './parse-args.ts';

const MARKS: Record<Finding['state'], string> = { ok: '✓', hint: '·', warn: '!', wrong: '✗', unknown: '?' };

/** `ask --doctor`: a line per finding, what mends it below; exit code 4 when anything is wrong. */
export async function answerDoctor({ service, exchange, words, form, res, notes }: AskCall): Promise<void> {
  if (words.prompt.trim() !== '') throw new UsageError('--doctor takes no question.');
  const { paths, memory, disk, clock } = service.parts;
  const findings = await examine({
    live: exchange.live,
    paths,
    memory,
    disk,
    port: res.socket?.localPort ?? 0,
    env: process.env,
    platform: process.platform,
    wall: clock.wall,
  });
  const healthy = findings.every(({ state }) => state !== 'wrong');
  const exit = healthy ? EXIT.answered : EXIT.failed;
  const json = words.flags.has('json');
  exchange.told(exit);
  res.set('Content-Type', `${json ? 'application/json' : 'text/plain'}; charset=utf-8`);
  const text = json ? jsonLine({ healthy, findings }) : doctorText(findings, form.has('terminal'));
  notes.end(exit, text);
}

/** Findings for a person: marks on a terminal, words in a pipe. */
export function doctorText(findings: readonly Finding[], terminal: boolean): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const mark = ({ state }: Finding): string => (terminal ? MARKS[state] : state.padEnd('unknown'.length));
  const indent = ' '.repeat((terminal ? 1 : 'unknown'.length) + width + 4);
  const lines = findings.flatMap((finding) => [
    `${mark(finding)}  ${finding.check.padEnd(width)}  ${finding.says}`,
    ...(finding.mend === null ? [] : [`${indent}→ ${finding.mend}`]),
  ]);
  return `${lines.map(harmless).join('\n')}\n\n${verdict(findings)}\n`;
}

function verdict(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const well = count('wrong') + count('warn') + count('unknown') === 0;
  const parts = [
    ...(well ? ['All is well'] : [`${count('wrong')} wrong`, `${count('warn')} to know`]),
    ...(count('unknown') > 0 ? [`${count('unknown')} unknown`] : []),
    ...(count('hint') > 0 ? [`${count('hint')} ${count('hint') === 1 ? 'hint' : 'hints'}`] : []),
  ];
  return `${parts.join(', ')}.`;
}
