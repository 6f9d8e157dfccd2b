/** What the words after `toaster` ask for; `wrong` says what is none of them. */
export type Words =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'service'; verb: 'install' | 'uninstall'; print: boolean }
  | { kind: 'wrong'; why: string };

const COMMANDS = { 'install-service': 'install', 'uninstall-service': 'uninstall' } as const;

/** Reads the words after `toaster`, of which there is at least one. */
export function readWords(words: readonly string[]): Words {
  const [first = '', ...rest] = words;
  // Whoever asks for help anywhere, wants help.
  if (words.some((word) => word === '--help' || word === '-h')) return { kind: 'help' };
  if (words.length === 1 && (first === '--version' || first === '-V')) return { kind: 'version' };
  if (!Object.hasOwn(COMMANDS, first))
    return { kind: 'wrong', why: `toaster knows no ${words.join(' ') || '""'}` };
  const strange = rest.find((word) => word !== '--print');
  if (strange !== undefined) return { kind: 'wrong', why: `${first} knows no ${strange}` };
  return { kind: 'service', verb: COMMANDS[first as keyof typeof COMMANDS], print: rest.length > 0 };
}
