import type { Delta } from '../../chat/types.ts';

/** Tells a piece of text, unless there is nothing in it. */
export function emitText(emit: (delta: Delta) => void, kind: 'text' | 'reasoning', text: string): void {
  if (text !== '') emit({ type: 'delta', [kind]: text });
}
