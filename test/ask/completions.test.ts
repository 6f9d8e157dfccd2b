import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completions } from '../../proxy/ask/completions.ts';
import { manPage } from '../../proxy/ask/man-page.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const config = parseConfig('', 'built in');
const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

function scriptFile(shell: string): string {
  const file = join(tempFolder(), 'ask');
  writeFileSync(file, completions(shell, config));
  return file;
}

describe('completions', () => {
  it('of bash know flags, tiers, models and files', (ctx) => {
    if (!isThere('bash')) return ctx.skip('there is no bash');
    const file = scriptFile('bash');
    const complete = (...words: string[]): string[] => {
      const line = `source "${file}"; COMP_WORDS=(ask ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _ask; printf '%s\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', line]).toString().trim().split('\n').sort();
    };
    expect(complete('--st')).toEqual(['--stats', '--status', '--stress', '--strict']);
    expect(complete('--9')).toEqual(['--9b']);
    expect(complete('--warm', 'fast-')).toEqual(['fast-1b', 'fast-3b', 'fast-4b', 'fast-9b']);
    expect(complete('-m', 'coder')).toEqual(['coder-30b']);
    expect(complete('--pull', 't')).toEqual(['think', 'tiny']);
    expect(complete('--pull', 'a')).toEqual(['all']);
    expect(complete('--guard', '')).toEqual(['off', 'on']);
    expect(complete('--only', 'd')).toEqual(['demoted']);
    expect(complete('--schema', file.slice(0, -1))).toEqual([file]);
    expect(complete('--seed', '')).toEqual(['']);
    expect(complete('why')).toEqual(['']);
  });

  it('of zsh are a script that zsh takes', (ctx) => {
    if (!isThere('zsh')) return ctx.skip('there is no zsh');
    const load = `autoload -Uz compinit; compinit -u -D; source "${scriptFile('zsh')}"; print $_comps[ask]; functions _ask > /dev/null`;
    expect(execFileSync('zsh', ['-fc', load]).toString()).toBe('_ask\n');
  });

  it('of fish complete what they should', (ctx) => {
    if (!isThere('fish')) return ctx.skip('there is no fish');
    const file = scriptFile('fish');
    const complete = (line: string): string[] =>
      execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`])
        .toString()
        .trim()
        .split('\n')
        .map((row) => row.split('\t')[0] ?? '');
    expect(complete('ask --sta')).toEqual(['--stats', '--status']);
    expect(complete('ask --cool fast-9')).toEqual(['fast-9b']);
  });

  it('of another shell are refused', () => {
    expect(() => completions('ksh', config)).toThrow('--completions knows bash, zsh, fish, not ksh.');
    expect(() => completions('toString', config)).toThrow(/not toString/);
  });
});

describe('the manual page', () => {
  it('has everything that --help has, and roff has nothing to say about it', (ctx) => {
    const page = manPage(config);
    for (const text of ['.TH ASK 1', '\\-\\-9b', '\\-\\-completions', '.SH EXIT STATUS'])
      expect(page).toContain(text);
    if (!isThere('man')) return ctx.skip('there is no man to read it');
    const shown = spawnSync('man', ['--warnings', '-l', '-'], {
      input: page,
      env: { ...process.env, MANWIDTH: '100', PAGER: 'cat', MAN_KEEP_FORMATTING: '' },
      encoding: 'utf8',
    });
    expect(shown.stderr).toBe('');
    expect(shown.stdout).toMatch(/--stats\s+what was asked/);
  });
});
