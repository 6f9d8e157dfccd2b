import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ConfigChange, editConfig } from '../../proxy/config/edit.ts';
import { ConfigError, loadConfig } from '../../proxy/config/load.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const RESERVE: ConfigChange = { path: ['memory', 'reserve_gb'], value: 3.5 };
const PRICES: ConfigChange = { path: ['prices'], value: { input: 3, output: 15, currency: 'EUR' } };
const NO_PRICES: ConfigChange = { path: ['prices'], value: null };

/** What becomes of a config. */
function edited(text: string, ...changes: ConfigChange[]): string {
  const file = join(tempFolder(), 'config.yaml');
  writeFileSync(file, text);
  editConfig(file, changes);
  return readFileSync(file, 'utf8');
}

describe('a change of the config', () => {
  it('leaves comments, order and all else', () => {
    const text = `# mine
# yaml-language-server: $schema=x

tiers: { big: fast-9b } # the flags
# how much

memory:
  # not too little
  reserve_gb: 2 # GB
  budget_gb: 10
# what is warm
models:
  tiny: { keep_alive: 1h, system: "be: brief" }

# the end
`;
    expect(edited(text, RESERVE)).toBe(text.replace('reserve_gb: 2', 'reserve_gb: 3.5'));
    const priced = edited(text, PRICES);
    expect(priced).toContain('prices: { input: 3, output: 15, currency: EUR }\n');
    expect(edited(priced, NO_PRICES)).toBe(text);
  });

  it.each([
    ['an empty file', ''],
    ['only comments', '# nothing yet\n'],
    ['an empty entry', 'memory:\n'],
    ['an entry without it', 'memory: { budget_gb: 10 }\n'],
    ['an alias', 'models: { tiny: { timeouts: { idle: 30s } } }\nmemory: &m { budget_gb: 10 }\n'],
    ['flow style', '{ tiers: { big: fast-9b } }\n'],
    ['a byte order mark and carriage returns', '\ufeffmemory:\r\n  reserve_gb: 1\r\n'],
  ])('goes into %s', (_what, text) => {
    const file = join(tempFolder(), 'config.yaml');
    writeFileSync(file, text);
    const before = loadConfig(file);
    editConfig(file, [RESERVE, PRICES]);
    expect(loadConfig(file)).toEqual({
      ...before,
      memory: { ...before.memory, reserve_gb: 3.5 },
      prices: { input: 3, output: 15, currency: 'EUR' },
    });
    for (const [comment] of text.matchAll(/#.*/g)) expect(readFileSync(file, 'utf8')).toContain(comment);
  });

  it('begins a file where there is none, and leaves nothing else behind', () => {
    const folder = join(tempFolder(), 'deeper');
    editConfig(join(folder, 'config.yaml'), [RESERVE]);
    expect(readFileSync(join(folder, 'config.yaml'), 'utf8')).toBe('memory: { reserve_gb: 3.5 }\n');
    expect(readdirSync(folder)).toEqual(['config.yaml']);
  });

  it('keeps links and modes', () => {
    const folder = tempFolder();
    const [file, link] = [join(folder, 'real.yaml'), join(folder, 'config.yaml')];
    writeFileSync(file, 'default_tier: tiny\n');
    chmodSync(file, 0o640);
    symlinkSync('real.yaml', link);
    editConfig(link, [RESERVE]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('default_tier: tiny\nmemory: { reserve_gb: 3.5 }\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    const dangling = join(folder, 'dangling.yaml');
    symlinkSync('not-yet.yaml', dangling);
    editConfig(dangling, [RESERVE]);
    expect(lstatSync(dangling).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'not-yet.yaml'), 'utf8')).toContain('3.5');
  });

  it.each([
    ['is no YAML', 'models: [\n'],
    ['names what there is not', 'tiers: { big: nope }\n'],
    ['is a list', '- 1\n'],
  ])('does not touch a file that %s', (_what, text) => {
    const file = join(tempFolder(), 'config.yaml');
    writeFileSync(file, text);
    expect(() => editConfig(file, [RESERVE])).toThrow(ConfigError);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('that makes it unusable is not written', () => {
    const file = join(tempFolder(), 'config.yaml');
    writeFileSync(file, '# mine\n');
    expect(() => editConfig(file, [{ path: ['memory', 'reserve_gb'], value: -1 }])).toThrow(ConfigError);
    expect(readFileSync(file, 'utf8')).toBe('# mine\n');
  });

  it('says when the file cannot be written', () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'config.yaml'));
    expect(() => editConfig(join(folder, 'config.yaml'), [RESERVE])).toThrow(/EISDIR/);
  });
});
