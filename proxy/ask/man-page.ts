import type { Config } from '../config/schema.ts';
import { VERSION } from '../version.ts';
import { EXAMPLES, EXIT_CODES, flagHelp, INTRODUCTION, tierHelp, USAGE } from './help.ts';
import { listed, roff } from './roff.ts';

/** `ask --man`: the help text as a manual page, in roff's man macros. `ask --man | man -l -` shows it. */
export function manPage(config: Config): string {
  return `${[
    `.TH ASK 1 "" "toaster ${VERSION}" "Toaster"`,
    '.SH NAME',
    'ask \\- ask a model on this machine',
    '.SH SYNOPSIS',
    ...USAGE.flatMap((line) => [roff(line), '.br']),
    '.SH DESCRIPTION',
    roff(INTRODUCTION),
    '.SH TIERS',
    ...listed(tierHelp(config)),
    '.SH OPTIONS',
    ...listed(flagHelp()),
    '.SH EXIT STATUS',
    roff(EXIT_CODES),
    '.SH ENVIRONMENT',
    ...listed([
      ['ASK_URL', 'where the proxy is, if not on this machine’s port'],
      ['ASK_PORT', 'the port on this machine, 11436'],
      ['ASK_API_KEY', 'the key, where the proxy at ASK_URL demands one'],
      ['ASK_DATA_DIR', 'the folder of log, cache and token'],
    ]),
    '.SH EXAMPLES',
    '.nf',
    ...EXAMPLES.map(roff),
    '.fi',
  ].join('\n')}\n`;
}
