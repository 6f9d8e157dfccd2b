import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../proxy/config/json-schema.ts';
import { loadConfig, parseConfig } from '../../proxy/config/load.ts';

const parse = (yaml: string) => parseConfig(yaml, 'config.yaml');

describe('a config', () => {
  it('is complete without a file: eight models, each with its tier, and one for vectors that no tier asks', () => {
    const config = loadConfig(join(tmpdir(), 'there-is-no-such-config.yaml'));
    const { embed, ...models } = config.models;
    expect(embed).toMatchObject({ weights: 'embed-300m', fallback: [] });
    expect(Object.keys(models)).toHaveLength(8);
    expect(Object.values(config.tiers).sort()).toEqual(Object.keys(models).sort());
    expect(config.tiers[config.default_tier]).toBe('fast-9b');
  });

  it('is the example file, written out', () => {
    const example = readFileSync(new URL('../../proxy/config/config.example.yaml', import.meta.url), 'utf8');
    expect(parse(example)).toEqual(parse(''));
  });

  it('is laid over the built-in one field by field, and null takes away', () => {
    const config = parse(
      'models:\n  fast-9b: { keep_alive: 1h }\n  tiny: { fallback: [] }\ntiers: { 4b: null }\n',
    );
    expect(config.models['fast-9b']).toMatchObject({ keep_alive: '1h', weights: 'qwen-9b', think: false });
    expect(config.tiers).not.toHaveProperty('4b');
  });

  it('takes weights on another runtime as a new entry, not as a mixture', () => {
    const config = parse('weights:\n  qwen-9b: { runtime: llamacpp, file: big.gguf, size_gb: 18 }\n');
    expect(config.weights['qwen-9b']).toMatchObject({ runtime: 'llamacpp', file: 'big.gguf' });
    expect(config.weights['qwen-9b']).not.toHaveProperty('name');
  });

  it('takes a council in place of a model', () => {
    const config = parse(
      'models:\n  fast-4b: { members: [{ model: tiny }, { model: fast-1b }], chairman: fast-9b }\n',
    );
    expect(config.models['fast-4b']).toEqual({
      members: [{ model: 'tiny' }, { model: 'fast-1b' }],
      chairman: 'fast-9b',
    });
  });

  it('has a JSON Schema that is up to date', () => {
    const committed = readFileSync(new URL('../../proxy/config/config.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed), 'run `npm run schema`').toEqual(
      JSON.parse(JSON.stringify(configJsonSchema())),
    );
  });
});

describe('errors name file, line, key and the fix', () => {
  const cases: [string, string, string][] = [
    [
      'an unknown key',
      'models:\n  fast-9b:\n    keep_alve: 3m\n',
      'config.yaml:3: models.fast-9b.keep_alve: unknown key; did you mean keep_alive?',
    ],
    [
      'an unknown key at the top',
      'wieghts: {}\n',
      'config.yaml:1: wieghts: unknown key; did you mean weights?',
    ],
    [
      'a duration without a unit',
      'models:\n  tiny:\n    keep_alive: "30"\n',
      'config.yaml:3: models.tiny.keep_alive: is not a duration: write a number with its unit',
    ],
    [
      'a number for a duration',
      'models:\n  tiny: { keep_alive: 30 }\n',
      'config.yaml:2: models.tiny.keep_alive: is not a duration',
    ],
    [
      'unknown weights',
      'models:\n  mine: { weights: nope }\n',
      'config.yaml:2: models.mine.weights: there is no weights called nope; known are qwen-9b',
    ],
    [
      'an unknown runtime',
      'weights:\n  mine: { runtime: vllm, name: x, size_gb: 1 }\n',
      'config.yaml:2: weights.mine.runtime: there is no runtime called vllm',
    ],
    [
      'an unknown fallback',
      'models:\n  tiny:\n    fallback: [fast-9c]\n',
      'config.yaml:3: models.tiny.fallback.0: there is no model called fast-9c',
    ],
    [
      'an unknown tier target',
      'tiers:\n  9b: fast-9c\n',
      'config.yaml:2: tiers.9b: there is no model called fast-9c',
    ],
    [
      'an unknown default tier',
      'default_tier: 10b\n',
      'config.yaml:1: default_tier: there is no tier called 10b',
    ],
    ['fallbacks in a circle', 'models:\n  tiny:\n    fallback: [fast-3b]\n', 'the fallbacks go in a circle'],
    [
      'itself as a fallback',
      'models:\n  tiny: { fallback: [tiny] }\n',
      'config.yaml:2: models.tiny.fallback.0',
    ],
    [
      'a fallback on the same weights',
      'models:\n  fast-9b: { fallback: [think-9b] }\n',
      'config.yaml:2: models.fast-9b.fallback.0: think-9b is on the same weights as fast-9b',
    ],
    [
      'two names for one blob',
      'weights:\n  twin: { runtime: ollama, name: "qwen3.5:9b", size_gb: 6.6 }\nmodels:\n  twin: { weights: twin }\n  fast-9b: { fallback: [twin] }\n',
      'config.yaml:5: models.fast-9b.fallback.0: twin is on the same weights as fast-9b',
    ],
    [
      'a council that names itself',
      'models:\n  council: { members: [{ model: council }, { model: tiny }] }\n',
      'council names itself; name a model with weights of its own',
    ],
    [
      'a council as a fallback',
      'models:\n  tiny: { fallback: [council] }\n',
      'council is a council; name a model with weights of its own',
    ],
    [
      'a GGUF on Ollama',
      'weights:\n  qwen-9b: { file: a.gguf }\n',
      'config.yaml:2: weights.qwen-9b.file: means nothing on the runtime ollama',
    ],
    ['broken YAML', 'models:\n  a: {]\n', 'config.yaml:2: not valid YAML'],
    ['a key twice', 'cache: {}\ncache: {}\n', 'config.yaml:2: not valid YAML: Map keys must be unique'],
    ['an alias of nothing', 'default_tier: *9b\n', 'config.yaml: not valid YAML: Unresolved alias'],
    [
      'aliases that grow',
      `a: &a [1]\n${[...'bcdefg'].map((at, i) => `${at}: &${at} [${Array(20).fill(`*${'abcdef'[i]}`)}]`).join('\n')}\n`,
      'config.yaml: not valid YAML: Excessive alias count',
    ],
    ['a list', '- 1\n', 'config.yaml:1: must hold keys'],
  ];
  it.each(cases)('%s', (_name, yaml, message) => {
    expect(() => parse(yaml)).toThrow(message);
  });

  it('tells all problems at once', () => {
    expect(() => parse('tiers: { 9b: x, 4b: y }\n')).toThrow(/x[\s\S]*y/);
  });

  it('says when the file cannot be read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    expect(() => loadConfig(folder)).toThrow(/cannot be read/);
    const file = join(folder, 'c.yaml');
    writeFileSync(file, 'nonsense');
    expect(() => loadConfig(file)).toThrow(`${file}:1:`);
  });
});
