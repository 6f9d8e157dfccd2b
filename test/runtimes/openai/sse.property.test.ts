import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../../proxy/runtimes/openai/sse.ts';
import { ToolCalls } from '../../../proxy/runtimes/openai/tool-calls.ts';

/** Bytes as a response that brings them in pieces of the sizes given, over and over. */
function responseOf(bytes: Buffer, sizes: readonly number[]): PassThrough {
  const stream = new PassThrough();
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  stream.end();
  return stream;
}

const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n\uD800-\uDFFF]/g, '.'));
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });

describe('server-sent events', () => {
  it('are the same wherever their bytes are cut, whatever ends their lines, and whatever else stands between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 3 })),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        pieces,
        async (events, eol, mark, sizes) => {
          const text = events
            .map((lines) =>
              [': a comment', 'event: x', ...lines.map((one) => `data: ${one}`), '', ''].join(eol),
            )
            .join('');
          const response = responseOf(Buffer.from(`${mark ? '\ufeff' : ''}${text}`), sizes);
          const read = await Array.fromAsync(readEvents(response));
          expect(read).toEqual(events.map((lines) => lines.join('\n')));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('that nothing ends are given, and no bytes make it throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), pieces, async (bytes, sizes) => {
        for (const data of await Array.fromAsync(readEvents(responseOf(Buffer.from(bytes), sizes))))
          expect(data).toBeTypeOf('string');
      }),
      { numRuns: 150 },
    );
    expect(await Array.fromAsync(readEvents(responseOf(Buffer.from('data: a\n\ndata:b'), [3])))).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('tool calls', () => {
  it('are whole however their arguments are cut, and however their pieces are mixed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.json(), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (all, random) => {
          const next = (below: number): number => Number(random.next().value) % below;
          const calls = new ToolCalls();
          const rests = all.map((text, index) => {
            calls.add({ index, id: `c${index}`, function: { name: 'f', arguments: '' } });
            return { index, text };
          });
          for (let open = rests; open.length > 0; open = rests.filter(({ text }) => text !== '')) {
            const one = open[next(open.length)];
            if (!one) break;
            const size = 1 + next(5);
            calls.add({ index: one.index, function: { arguments: one.text.slice(0, size) } });
            one.text = one.text.slice(size);
          }
          expect(calls.take(false)).toEqual(
            all.map((text, n) => ({ id: `c${n}`, name: 'f', arguments: text })),
          );
        },
      ),
    );
  });
});
