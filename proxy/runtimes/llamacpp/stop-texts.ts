/** A filter that ends a text before the first of some stop texts, wherever its pieces are cut. */
export interface StopTexts {
  /** What of the text is certain by now; what may be the beginning of a stop text is held back. */
  add(piece: string): string;
  /** What was held back, once nothing follows. */
  end(): string;
  /** Whether a stop text has come. Everything after it is dropped. */
  readonly hit: boolean;
}

function heldLength(text: string, stops: string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (stops.some((stop) => stop.startsWith(tail))) return length;
  }
  return 0;
}

/**
 * Makes a filter for these stop texts. The library has one of its own, but it drops what it holds back when an
 * answer ends at its token limit, and it also looks into thoughts.
 */
export function stopTexts(stops: string[]): StopTexts {
  let held = '';
  let hit = false;
  return {
    add(piece) {
      if (hit) return '';
      held += piece;
      const found = stops.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      hit = found.length > 0;
      const certain = hit ? Math.min(...found) : held.length - heldLength(held, stops);
      const text = held.slice(0, certain);
      held = held.slice(certain);
      return text;
    },
    end: () => (hit ? '' : held),
    get hit() {
      return hit;
    },
  };
}
