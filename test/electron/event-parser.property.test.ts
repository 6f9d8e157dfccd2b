import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventParser, type ServerEvent } from '../../electron/event-parser.ts';
import { anyText, cuts, slices } from '../helpers/arbitraries.ts';

const event = fc.record({
  name: fc.constantFrom('status', 'request', 'reset'),
  // As the proxy writes it: JSON, on one line.
  data: anyText().map((text) => JSON.stringify({ text })),
  id: fc.nat().map(String),
});
const wire = (events: ServerEvent[], end: string): string =>
  events
    .map(({ name, data, id }) => [`: beat`, `id: ${id}`, `event: ${name}`, `data: ${data}`, '', ''].join(end))
    .join('');

it('gives the same events wherever the stream is cut, and nothing of one that has not come whole', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), cuts, (events, end, at) => {
      const parser = new EventParser();
      const whole = wire(events, end);
      expect(slices(whole, at).flatMap((piece) => parser.push(piece))).toEqual(events);

      const torn = new EventParser();
      expect(torn.push(whole.slice(0, -1))).toEqual(events.slice(0, -1));
    }),
  );
});
