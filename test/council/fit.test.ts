import { describe, expect, it } from 'vitest';
import { fitted, shareOf } from '../../proxy/council/fit.ts';

const said = (bytes: number) => [{ role: 'user' as const, text: 'x'.repeat(bytes) }];

describe('the share of an answer', () => {
  it('is what the context leaves after conversation, own answer and margin, at three bytes a token', () => {
    expect(shareOf(said(300), 2, { context: 8192, maxTokens: 1000 })).toBe(
      Math.floor(((8192 - 100 - 1000 - 256) * 3) / 2),
    );
    expect(shareOf(said(0), 2, { context: 8192, maxTokens: null })).toBe(((4096 - 256) * 3) / 2);
  });

  it('is never nothing: the runtime has the last word', () => {
    expect(shareOf(said(30_000), 2, { context: 8192, maxTokens: null })).toBe(200);
  });
});

describe('a long answer', () => {
  it('is cut in its middle, between characters, and says by how much', () => {
    expect(fitted('short', 5)).toEqual({ text: 'short', leftOut: 0 });
    const { text, leftOut } = fitted('🍞'.repeat(100), 42);
    expect(text).toBe(`${'🍞'.repeat(5)}\n[... 90 characters left out ...]\n${'🍞'.repeat(5)}`);
    expect(leftOut).toBe(90);
  });
});
