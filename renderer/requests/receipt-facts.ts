import type { LogLine } from '../../proxy/contract.ts';
import { count } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import { exitWords, PRESSURE } from '../format/words.ts';
import { councilFacts } from './council-facts.ts';

type Facts = [name: string, value: string][];

/** Every field of a line under a few titles. What an older line lacks is left out; what a newer one has on top, shown. */
export function receiptFacts(line: LogLine): [title: string, facts: Facts][] {
  const { tokens_in, tokens_out, latency_s } = line;
  // A council's tokens are those of all its members, who wrote before the first of these.
  const speed =
    !line.council && tokens_out && line.ttft_s != null && latency_s > line.ttft_s
      ? tokens_out / (latency_s - line.ttft_s)
      : null;
  const groups: [string, [string, string | null][]][] = [
    [
      'Time',
      [
        ['In all', known(latency_s, duration)],
        ['Waiting', known(line.wait_s, duration)],
        ['First token', known(line.ttft_s, duration)],
        ['Loading', known(line.load_s, duration)],
        ['Speed', known(speed, (value) => `${Math.round(value)} tokens/s`)],
      ],
    ],
    [
      'Answer',
      [
        ['Asked', line.model],
        ['Served by', line.served_by ?? 'nobody'],
        ['Cache', line.cache_hit === undefined ? null : line.cache_hit ? 'hit' : 'no hit'],
        ['Ended', line.finish ?? null],
        ['Exit', line.exit_code === undefined ? null : `${line.exit_code}, ${exitWords(line.exit_code)}`],
        ['Shared', line.shared ? 'with an identical request' : null],
      ],
    ],
    ['Council', line.council ? councilFacts(line.council) : []],
    [
      'Size',
      [
        ['Prompt', known(line.prompt_chars, (value) => `${count(value)} characters`)],
        ['Response', known(line.response_chars, (value) => `${count(value)} characters`)],
        ['Tokens in', known(tokens_in, count)],
        ['Tokens out', known(tokens_out, count)],
      ],
    ],
    [
      'Memory',
      [
        ['State', line.pressure ? PRESSURE[line.pressure] : null],
        ['Room', line.memory === 'tight' ? 'tight: more than was free' : null],
        ['Swapped out', known(line.swapouts, (value) => `${count(value)} pages`)],
        ['Paged out', known(line.pageouts, (value) => `${count(value)} pages`)],
      ],
    ],
    [
      'Origin',
      [
        ['Source', line.source ?? null],
        ['User', line.user ?? null],
        ...Object.entries(line.metadata ?? {}).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
        ['Prompt hash', line.prompt_hash ?? null],
        ['Request', line.request_id ?? null],
      ],
    ],
  ];
  return groups
    .map(([title, facts]): [string, Facts] => [
      title,
      facts.filter((fact): fact is [string, string] => fact[1] != null),
    ])
    .filter(([, facts]) => facts.length > 0);
}

function known(value: number | null | undefined, words: (value: number) => string): string | null {
  return value === null || value === undefined ? null : words(value);
}
