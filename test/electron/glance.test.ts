import { describe, expect, it } from 'vitest';
import { glanceOf, isBusy } from '../../electron/glance.ts';
import { ATTACHED, model, resident, status } from './statuses.ts';

const warm = status({
  residents: [resident(), resident({ weights: 'llama-3b', models: ['fast-3b'], size: 2e9 })],
  models: [
    model({ model: 'fast-3b', tiers: ['3b'], weights: 'llama-3b', size: 2e9, state: 'warm' }),
    model({ state: 'warm' }),
    model({ model: 'think-9b', tiers: ['think'], state: 'warm' }),
    model({ model: 'coder-30b', tiers: ['heavy'], weights: 'coder-30b', size: 18e9 }),
  ],
});

describe('the title', () => {
  it.each([
    ['none', ''],
    ['memory', '8.6G'],
    ['tier', '9B 3B'],
    ['both', '9B 3B 8.6G'],
  ] as const)('%s is "%s"', (wish, title) => {
    expect(glanceOf(warm, ATTACHED, wish).title).toBe(title);
  });

  it('is empty when nothing is in memory, and says nothing of memory that nobody can measure', () => {
    expect(glanceOf(status(), ATTACHED, 'both').title).toBe('');
    expect(glanceOf(status({ residents: [resident({ size: null })] }), ATTACHED, 'memory').title).toBe('');
  });

  it('names three tiers at most, and weights without a tier by a model', () => {
    const models = ['a', 'b', 'c', 'd'].map((name) =>
      model({ model: name, tiers: [], weights: name, state: 'warm' }),
    );
    expect(glanceOf(status({ models }), ATTACHED, 'tier').title).toBe('A B C…');
  });
});

describe('the icon', () => {
  const of = (fields: Parameters<typeof status>[0]) => glanceOf(status(fields), ATTACHED, 'none').icon;
  it('toasts while somebody waits, and pressure comes before that', () => {
    expect(of({})).toBe('idle');
    expect(of({ models: [model({ in_flight: 1 })] })).toBe('toasting');
    expect(of({ models: [model({ state: 'loading' })] })).toBe('toasting');
    expect(of({ queue: 1, pressure: { level: 'warn', why: null, since: 0 } })).toBe('warn');
    expect(of({ pressure: { level: 'critical', why: null, since: 0 } })).toBe('critical');
    expect(isBusy(status())).toBe(false);
  });

  it('warns when there is no proxy, but not while it starts', () => {
    expect(glanceOf(null, ATTACHED, 'none').icon).toBe('warn');
    expect(glanceOf(null, { ...ATTACHED, mode: 'starting' }, 'none').icon).toBe('idle');
    const trouble = glanceOf(null, { ...ATTACHED, mode: 'starting', note: 'The config is broken.' }, 'none');
    expect(trouble).toEqual({ icon: 'warn', title: '', tooltip: 'The config is broken.' });
  });
});

describe('the tooltip', () => {
  it('is a sentence', () => {
    expect(glanceOf(warm, ATTACHED, 'none').tooltip).toBe(
      'fast-9b and fast-3b are in memory (8.6 GB). 8.0 GB are free for more.',
    );
    expect(glanceOf(status({ free_for_models: null }), ATTACHED, 'none').tooltip).toBe(
      'No model is in memory.',
    );
  });

  it('says why memory is tight, and who took over', () => {
    const pressure = { level: 'warn', why: 'the system says that memory is warn', since: 0 } as const;
    const host = { ...ATTACHED, note: 'The other Toaster is gone; this one took over.' };
    expect(glanceOf(status({ pressure }), host, 'none').tooltip).toBe(
      'The other Toaster is gone; this one took over. No model is in memory. 8.0 GB are free for more. Memory is warn: the system says that memory is warn.',
    );
  });
});
