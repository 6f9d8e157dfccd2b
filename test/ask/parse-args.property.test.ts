import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAGS, type Flag } from '../../proxy/ask/flags.ts';
import { parseAskArgs, UsageError } from '../../proxy/ask/parse-args.ts';
import { toQuestion } from '../../proxy/ask/to-request.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { ApiError } from '../../proxy/errors.ts';
import { anyText, INHERITED } from '../helpers/arbitraries.ts';

const config = parseConfig('', 'built in');
const tiers = Object.keys(config.tiers);

const plain = anyText({ minLength: 1 }).filter((text) => !text.startsWith('-'));
/** A sentence is never a flag, whatever it begins with. */
const sentence = anyText().map((text) => `- ${text}`);
const words = fc.array(fc.oneof(plain, sentence), { maxLength: 4 });

/** A flag as it may be written, and what is to be understood. */
type Written = { args: string[]; name: string; value: string };
const value = anyText({ minLength: 1 });
function written(flags: readonly Flag[]): fc.Arbitrary<Written> {
  const alone = flags.filter(({ goesWith }) => goesWith === undefined);
  return fc.tuple(fc.constantFrom(...alone), value, fc.nat(2)).map(([flag, text, way]): Written => {
    const { name, short } = flag;
    const word = short !== undefined && way === 1 ? `-${short}` : `--${name}`;
    if (flag.value === undefined) return { args: [word], name, value: '' };
    return { args: way === 2 ? [`--${name}=${text}`] : [word, text], name, value: text };
  });
}
const ofQuestions = fc.array(written(FLAGS.filter(({ command }) => !command)));
const aCommand = written(FLAGS.filter(({ command }) => command));
/** A tier, or something else than a question. */
const aim = fc.oneof(
  fc.option(fc.constantFrom(...tiers)).map((tier) => ({ tier, command: [] })),
  aCommand.map((command) => ({ tier: null, command: [command] })),
);

/** What a call threw, if it is fit for a person; null when nothing was. */
function complaint(call: () => unknown): Error | null {
  try {
    call();
    return null;
  } catch (error) {
    if (!(error instanceof UsageError || (error instanceof ApiError && error.status === 400))) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    return error;
  }
}

describe('a command line', () => {
  it('is understood as it was written: every flag, every value, every word, wherever it stands', () => {
    fc.assert(
      fc.property(words, ofQuestions, aim, (prompt, further, { tier, command }) => {
        const flags = [...further, ...command];
        const before = prompt.slice(0, 1);
        const args = [
          ...before,
          ...flags.flatMap((flag) => flag.args),
          ...(tier === null ? [] : [`--${tier}`]),
          ...prompt.slice(1),
        ];
        const parsed = parseAskArgs(args, tiers);
        expect(parsed.prompt).toBe(prompt.join(' '));
        expect(parsed.tier).toBe(tier);
        expect(parsed.flags).toEqual(new Map(flags.map(({ name, value: text }) => [name, text])));
      }),
    );
  });

  it('says nothing to itself after --', () => {
    const any = fc.array(fc.oneof(anyText(), fc.constantFrom('--json', '--9b', '-t', '--nope')));
    fc.assert(
      fc.property(any, (prompt) => {
        expect(parseAskArgs(['--', ...prompt], tiers)).toEqual({
          flags: new Map(),
          tier: null,
          prompt: prompt.join(' '),
        });
      }),
    );
  });

  it('that makes no sense is a complaint, and never anything else', () => {
    const dashed = fc.tuple(fc.constantFrom('-', '--'), anyText()).map((two) => two.join(''));
    const named = fc.constantFrom(
      ...FLAGS.map(({ name }) => `--${name}`),
      ...tiers.map((tier) => `--${tier}`),
    );
    const inherited = fc.constantFrom(...INHERITED.flatMap((name) => [`--${name}`, `--${name}=x`]));
    let complaints = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText(), dashed, named, inherited)), (args) => {
        if (complaint(() => parseAskArgs(args, tiers))) complaints += 1;
      }),
      { numRuns: 300 },
    );
    expect(complaints).toBeGreaterThan(30);
  });
});

describe('a question', () => {
  const model = fc.constantFrom(...Object.keys(config.models));
  const well = fc.record(
    {
      model,
      temperature: fc.double({ min: 0, max: 2, noNaN: true }).map(String),
      'max-tokens': fc.integer({ min: 1 }).map(String),
      seed: fc.maxSafeInteger().map(String),
      timeout: fc.constantFrom('30', '30s', '1h30m', 'forever', '5ms', '0.5'),
      schema: value,
      json: fc.constant(''),
    },
    { requiredKeys: [] },
  );
  const odd = fc.oneof(
    value,
    fc.double().map(String),
    fc.constantFrom(...INHERITED, ' ', '0', '-1', '0x10', '1e400', '-0', 'NaN', '5m5', '99999999999d'),
  );
  const spoilt = fc.option(
    fc.tuple(fc.constantFrom('model', 'temperature', 'max-tokens', 'seed', 'timeout'), odd),
  );
  const schema = fc.oneof(
    { weight: 6, arbitrary: fc.constant('{"type":"object"}') },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: anyText() },
  );

  it('has a model that there is, and knobs that a runtime takes; or is a complaint that names the flag', () => {
    const count = { asked: 0, refused: 0 };
    fc.assert(
      fc.property(well, spoilt, value, schema, (given, wrong, stdin, content) => {
        const flags = new Map(Object.entries(given));
        if (wrong) flags.set(...wrong);
        const question = () =>
          toQuestion({ flags, tier: null, prompt: 'x' }, { stdin, schema: content }, config);
        const error = complaint(question);
        if (error) {
          count.refused += 1;
          const named = error.message.startsWith('There is no ') ? 'model' : wrong?.[0];
          expect(error.message).toMatch(
            new RegExp(`^(There is no (tier or )?model |--(${named}|schema)\\b)`),
          );
          return;
        }
        count.asked += 1;
        const { request, timeoutS } = question();
        expect(Object.keys(config.models)).toContain(request.model);
        const { temperature = 0, seed = 0 } = request.sampling;
        expect(temperature).toBeGreaterThanOrEqual(0);
        expect(temperature).toBeLessThanOrEqual(2);
        expect(Number.isSafeInteger(seed) && Number.isSafeInteger(request.maxTokens ?? 1)).toBe(true);
        expect(timeoutS).toBeGreaterThan(0);
        expect(request.format === undefined).toBe(given.schema === undefined);
      }),
      { numRuns: 400 },
    );
    expect(Math.min(count.asked, count.refused)).toBeGreaterThan(30);
  });
});
