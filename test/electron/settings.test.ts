import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppLog } from '../../electron/app-log.ts';
import { commented, ensureConfig } from '../../electron/config-file.ts';
import { DEFAULTS, SettingsFile } from '../../electron/settings.ts';
import { loadConfig } from '../../proxy/config/load.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function open(text?: string) {
  const file = join(tempFolder(), 'app.json');
  if (text !== undefined) writeFileSync(file, text);
  const warnings: string[] = [];
  return { file, warnings, settings: new SettingsFile(file, (message) => warnings.push(message)) };
}

describe('app.json', () => {
  it('is not needed', () => {
    const { settings, warnings } = open();
    expect(settings.current).toEqual(DEFAULTS);
    expect(warnings).toEqual([]);
  });

  it('keeps changes for the next start', () => {
    const { file, settings } = open();
    settings.change({ title: 'both', port: 12_000 });
    expect(new SettingsFile(file, () => undefined).current).toEqual({
      ...DEFAULTS,
      title: 'both',
      port: 12_000,
    });
  });

  it.each([
    ['not JSON', '{', DEFAULTS],
    ['a list', '[]', DEFAULTS],
    [
      'a value that is none',
      '{"title":"purple","notifyDemotion":true}',
      { ...DEFAULTS, notifyDemotion: true },
    ],
    ['a port that is none', '{"port":70000}', DEFAULTS],
  ])('with %s is kept aside; what is good of it counts', (_what, text, expected) => {
    const { file, settings, warnings } = open(text);
    expect(settings.current).toEqual(expected);
    expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
    expect(warnings).toHaveLength(1);
  });

  it('of a later version is understood as far as it goes', () => {
    const { file, settings, warnings } = open('{"title":"none","shape":"round","__proto__":1}');
    expect([settings.current.title, warnings, existsSync(`${file}.broken`)]).toEqual(['none', [], false]);
  });

  it('refuses what is no setting, and a folder that cannot be written is only told of', () => {
    const { file, settings, warnings } = open();
    expect(() => settings.change({ title: 7 })).toThrow(/not a setting of the app: title/);
    mkdirSync(`${file}.new`);
    expect(settings.change({ title: 'none' }).title).toBe('none');
    expect(warnings[0]).toContain('lasts until the app is quit');
  });
});

describe('app.log', () => {
  it('is rotated while it is small', () => {
    const file = join(tempFolder(), 'logs', 'app.log');
    const log = new AppLog(file, () => new Date(0));
    writeStderr(() => {
      log.write('something broke', new Error('why'));
      for (let times = 0; times < 3; times += 1) log.write('x'.repeat(300_000));
    });
    expect(readFileSync(`${file}.1`, 'utf8')).toBeDefined();
    expect(readFileSync(file, 'utf8').length).toBeLessThan(520_000);
  });

  it('never throws', () => {
    writeStderr(() => new AppLog('/dev/null/app.log').write('nowhere to go'));
  });
});

/** Runs something that is loud on stderr. */
function writeStderr(loud: () => void): void {
  const { write } = process.stderr;
  process.stderr.write = () => true;
  try {
    loud();
  } finally {
    process.stderr.write = write;
  }
}

describe('a config to begin with', () => {
  it('is the example, every line a comment, and changes nothing', () => {
    const example = readFileSync(new URL('../../proxy/config/config.example.yaml', import.meta.url), 'utf8');
    const file = join(tempFolder(), 'ask', 'config.yaml');
    ensureConfig(file, example);
    expect(readFileSync(file, 'utf8')).toContain('\n# default_tier: 9b\n');
    expect(loadConfig(file)).toEqual(loadConfig(join(tempFolder(), 'none.yaml')));
    writeFileSync(file, 'mine');
    ensureConfig(file, example);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(commented('a: 1\n\n# b\n  c: 2\n')).toBe('# a: 1\n\n# b\n#   c: 2\n');
  });
});
