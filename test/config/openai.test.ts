import { describe, expect, it } from 'vitest';
import { chainOf } from '../../proxy/config/links.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { isRemote } from '../../proxy/config/remote.ts';

const parse = (yaml: string) => parseConfig(yaml, 'config.yaml');

/** A config with a runtime `box`, its fields as given, a model on it, and what else stands in the file. */
const withBox = (fields: string, further = '', weights = '') =>
  parse(`runtimes: { box: { kind: openai, url: "https://box.example/v1", ${fields} } }
weights: { w: { runtime: box, name: m, ${weights} } }
models: { big: { weights: w } }
${further}`);

describe('an openai runtime in the config', () => {
  it('has its key elsewhere', () => {
    expect(withBox('key: { env: BOX_KEY }').runtimes.box).toMatchObject({
      key: { env: 'BOX_KEY' },
      paid: false,
    });
    expect(withBox('key: { keychain: box }').runtimes.box).toMatchObject({ key: { keychain: 'box' } });
  });

  it.each([
    ['key: sk-0123456789', 'runtimes.box.key: is no place for a secret: write { env: NAME }'],
    ['key: { value: sk-0123456789 }', 'runtimes.box.key: is no place for a secret'],
    ['headers: { Authorization: Bearer sk-0123456789 }', 'is a header that Toaster sets itself'],
    ['headers: { "x y": z }', 'is not the name of a header'],
    ['url: "https://me:sk-0123456789@box.example/v1"', 'holds a password; write `key:`'],
    ['headrs: {}', 'did you mean headers?'],
  ])('%s is refused, and no secret repeated', (fields, words) => {
    let said = '';
    try {
      parse(
        `runtimes: { box: { kind: openai, ${fields.startsWith('url') ? '' : 'url: "https://box.example/v1", '}${fields} } }`,
      );
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(words);
    expect(said).not.toContain('sk-0123456789');
  });

  it.each([
    ['', true],
    ['local: true', false],
    ['paid: true', true],
  ])('with %j is elsewhere: %j', (fields, elsewhere) => {
    const config = withBox(fields, '', 'size_gb: 3');
    const { runtimes } = config;
    expect(runtimes.box && isRemote(runtimes.box)).toBe(elsewhere);
    expect(chainOf(config, 'big')[0]?.weights.remote).toBe(elsewhere || undefined);
  });

  it.each([
    ['http://127.0.0.1:8080/v1', '', false],
    ['http://localhost:8080/v1', '', false],
    ['http://[::1]:8080/v1', '', false],
    ['http://127.0.0.1:4000/v1', ', paid: true', true],
    ['http://127.0.0.1:4000/v1', ', local: false', true],
    ['http://192.168.1.5:8080/v1', '', true],
  ])('at %s%s is elsewhere: %j', (url, fields, elsewhere) => {
    const { box } = parse(`runtimes: { box: { kind: openai, url: "${url}"${fields} } }`).runtimes;
    expect(box && isRemote(box)).toBe(elsewhere);
  });

  it('needs the size of what is in this machine’s memory, and of nothing else', () => {
    expect(withBox('').weights.w?.size_gb).toBe(0);
    expect(() => withBox('local: true')).toThrow(
      /weights\.w.*must say what the weights take in memory, in GB/,
    );
    expect(() => parse('weights: { w: { runtime: ollama, name: m } }')).toThrow(
      /must say what the weights take/,
    );
  });

  it('may answer many at a time, and be told which revision it has; others may not', () => {
    expect(withBox('', '', 'parallel: 64, revision: abc').weights.w).toMatchObject({
      parallel: 64,
      revision: 'abc',
    });
    expect(() => parse('weights: { qwen-9b: { parallel: 64 } }')).toThrow(/parallel: is more than 16/);
    expect(() => parse('weights: { qwen-9b: { revision: abc } }')).toThrow(
      /means nothing on ollama; remove it/,
    );
  });
});

describe('what costs money', () => {
  const paid = (further: string) => withBox('paid: true', further);

  it('may be a model and a tier', () => {
    expect(paid('tiers: { gpt: big }').tiers.gpt).toBe('big');
  });

  it('is no fallback, unless the person writes that it may be', () => {
    const models = (allow: string) =>
      `models: { big: { weights: w }, mine: { weights: qwen-9b, fallback: [fast-3b, big]${allow} } }`;
    const config = (allow: string) =>
      parse(`runtimes: { box: { kind: openai, url: "https://box.example/v1", paid: true } }
weights: { w: { runtime: box, name: m } }
${models(allow)}`);
    expect(() => config('')).toThrow(
      'config.yaml:3: models.mine.fallback.1: big costs money, and mine would spend it unasked; take it out, or write `allow_paid_fallback: true` in models.mine',
    );
    expect(chainOf(config(', allow_paid_fallback: true'), 'mine').map(({ model }) => model)).toEqual([
      'mine',
      'fast-3b',
      'big',
    ]);
  });

  it.each([
    'members: [{ model: big }, { model: fast-9b }], chairman: fast-9b',
    'members: [{ model: fast-9b }, { model: fast-9b }], chairman: big',
  ])('sits in no council: %s', (seats) => {
    const config = (allow: string) =>
      parse(`runtimes: { box: { kind: openai, url: "https://box.example/v1", paid: true } }
weights: { w: { runtime: box, name: m } }
models: { big: { weights: w }, round: { ${seats}${allow} } }`);
    expect(() => config('')).toThrow(
      /round would spend it unasked.*`allow_paid_fallback: true` in models\.round/,
    );
    expect(config(', allow_paid_fallback: true').models).toHaveProperty('round');
  });

  it('is not what `ask` asks without a flag', () => {
    expect(() => paid('tiers: { gpt: big }\ndefault_tier: gpt')).toThrow(
      /default_tier: big costs money, and is to be asked for by its flag/,
    );
  });
});
