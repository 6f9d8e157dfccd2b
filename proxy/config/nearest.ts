/** No slip of the keyboard makes a longer one, and each letter costs a step for each of every known word. */
const LONGEST = 64;

/** The known word closest to `word`, when it is close enough to be a slip of the keyboard. */
export function nearest(word: string, known: string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const ranked = known.map((candidate) => ({ candidate, steps: distance(word, candidate) }));
  ranked.sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best && best.steps <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein's distance: the fewest letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replace = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
