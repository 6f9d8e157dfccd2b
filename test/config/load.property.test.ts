import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chainOf } from '../../proxy/config/links.ts';
import { ConfigError, parseConfig } from '../../proxy/config/load.ts';
import { type Config, isCouncil } from '../../proxy/config/schema.ts';
import { INHERITED } from '../helpers/arbitraries.ts';

const builtIn = parseConfig('', 'built in');
const known = ['mine', 'ollama', 'llamacpp', ...Object.keys(builtIn.models), ...Object.keys(builtIn.weights)];
const usable = fc.constantFrom(...known);
const name = fc.constantFrom(...INHERITED, ...known, 'x y', '');
const odd = fc.oneof({ weight: 3, arbitrary: name }, { weight: 1, arbitrary: fc.jsonValue() });
/** Mostly one that there is. */
const oneOf = (entries: object) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(entries)) }, { weight: 1, arbitrary: odd });
/** Somewhere between a config and rubbish. Several entries, so that fallbacks go in circles, too. */
const single = fc.record(
  {
    weights: oneOf(builtIn.weights),
    fallback: fc.array(oneOf(builtIn.models), { maxLength: 2 }),
    keep_alive: fc.constantFrom('5m', '0', 'forever', '15m', '1h30m', '5', -1),
    timeouts: fc.option(fc.dictionary(fc.constantFrom('load', 'idle', 'nope'), fc.constant('3s'))),
  },
  { requiredKeys: ['weights'] },
);
const council = fc.record({
  members: fc.array(fc.record({ model: oneOf(builtIn.models) }), { minLength: 1, maxLength: 3 }),
  chairman: oneOf(builtIn.models),
});
const entries = <T>(value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(
      fc.tuple(
        fc.oneof({ weight: 3, arbitrary: usable }, { weight: 1, arbitrary: name }),
        fc.option(value, { freq: 12 }),
      ),
      {
        maxLength: 4,
        selector: ([key]) => key,
      },
    )
    .map(
      // As text, since only there `__proto__` is a key like any other.
      (pairs) => `{${pairs.map(([key, of]) => `${JSON.stringify(key)}: ${JSON.stringify(of)}`).join(', ')}}`,
    );
const weights = fc.record(
  { runtime: oneOf(builtIn.runtimes), name: usable, size_gb: fc.constantFrom(1, 2, 3, 4, 0, 'x') },
  { requiredKeys: ['runtime', 'size_gb'] },
);
const written = fc
  .record(
    {
      models: entries(fc.oneof(single, council)),
      weights: entries(weights),
      tiers: entries(oneOf(builtIn.models)),
      runtimes: entries(fc.record({ kind: oneOf(builtIn.runtimes) })),
      default_tier: oneOf(builtIn.tiers).map((value) => JSON.stringify(value)),
      inherited: fc.constantFrom('{"default_tier": "tiny"}', ...Array(9).fill('')),
    },
    { requiredKeys: [] },
  )
  .map(({ inherited, ...keys }) =>
    // Not as a key of the record: in a literal it would be its prototype.
    [...Object.entries(keys), ...(inherited ? [['__proto__', inherited]] : [])]
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );

/** What a config says is there, is there; so nothing that answers a request meets a hole. */
function expectWhole(config: Config): void {
  expect(Object.hasOwn(config.models, config.tiers[config.default_tier] ?? '')).toBe(true);
  for (const model of Object.values(config.tiers)) expect(Object.hasOwn(config.models, model)).toBe(true);
  for (const [id, model] of Object.entries(config.models)) {
    const singles = isCouncil(model) ? [...model.members.map((seat) => seat.model), model.chairman] : [id];
    for (const one of singles) {
      const [own, ...later] = chainOf(config, one);
      expect(own?.model).toBe(one);
      for (const link of [own, ...later])
        expect(Object.hasOwn(config.runtimes, link?.runtime ?? '')).toBe(true);
      const on = [own, ...later].map((link) => link?.weights.id);
      expect(new Set(on).size).toBe(on.length);
    }
  }
}

it('whatever a config file holds, it is a whole config or an error with the place of what is wrong', () => {
  const count = { whole: 0, wrong: 0 };
  fc.assert(
    fc.property(written, (yaml) => {
      let config: Config;
      try {
        config = parseConfig(yaml, 'file');
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const line of error.message.split('\n')) expect(line).toMatch(/^file(:\d+)?: .+/);
        count.wrong += 1;
        return;
      }
      expectWhole(config);
      count.whole += 1;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(count.whole, count.wrong)).toBeGreaterThan(10);
});

it('a file that is no YAML is an error, too', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,-|>&*!%"\'#\n\t ab1') }), (text) => {
      try {
        expectWhole(parseConfig(text, 'file'));
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }),
  );
});
