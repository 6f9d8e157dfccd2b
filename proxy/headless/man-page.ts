import { listed, roff } from '../ask/roff.ts';
import { VERSION } from '../version.ts';
import { COMMANDS, ENVIRONMENT, FLAGS } from './usage.ts';

/** The manual page of `toaster`, in roff's man macros. */
export function toasterPage(): string {
  return `${[
    `.TH TOASTER 1 "" "toaster ${VERSION}" "Toaster"`,
    '.SH NAME',
    'toaster \\- keeps local models warm behind one port',
    '.SH SYNOPSIS',
    ...COMMANDS.flatMap(([command]) => [roff(command), '.br']),
    '.SH COMMANDS',
    ...listed(COMMANDS),
    '.SH OPTIONS',
    ...listed(FLAGS),
    '.SH ENVIRONMENT',
    ...listed(ENVIRONMENT),
    '.SH SIGNALS',
    ...listed([
      ['TERM, INT', 'ends it; answers under way have 15 s, and a second signal ends them at once'],
      ['HUP', 'reads the config again'],
    ]),
    '.SH SEE ALSO',
    '.BR ask (1)',
  ].join('\n')}\n`;
}
