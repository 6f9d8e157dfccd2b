import { expect, it } from 'vitest';
import { warnRarely } from '../../proxy/telemetry/warn-rarely.ts';

it('warns once an hour, and is not silenced by a clock that was set back', () => {
  let now = 100_000;
  const said: string[] = [];
  const warn = warnRarely(
    (message) => said.push(message),
    () => now,
  );
  warn('first');
  now += 3599;
  warn('too soon');
  now += 1;
  warn('an hour later');
  now -= 50_000;
  warn('set back');
  expect(said).toEqual(['first', 'an hour later', 'set back']);
});
