/** The two-sided 95 % point of the normal distribution. */
const Z = 1.959963984540054;

/** What is called shown: a p-value below it. */
const SHOWN = 0.05;

export interface Interval {
  low: number;
  high: number;
}

/** How two arms did on the same questions. */
export interface Pairs {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

export const countOf = ({ both, onlyFirst, onlySecond, neither }: Pairs): number =>
  both + onlyFirst + onlySecond + neither;

/**
 * The 95 % interval of a share, from how many of how many. Source: E. B. Wilson, Probable inference, the law of
 * succession, and statistical inference, J. Am. Stat. Assoc. 22 (1927).
 */
export function wilson(right: number, of: number): Interval {
  const share = right / of;
  const middle = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of);
  const half = (Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))) / (1 + Z ** 2 / of);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The difference of two shares that were found on the same questions, first less second, with its 95 % interval. Source:
 * A. Agresti and Y. Min, Simple improved confidence intervals for comparing matched proportions, Stat. Med. 24 (2005):
 * half a question is added to each of the four counts before the usual formula. Of the simple methods it is the narrowest
 * that keeps close to 95 % at 60 questions; the tests work that out.
 */
export function difference(pairs: Pairs): Interval & { value: number } {
  const { onlyFirst, onlySecond } = pairs;
  const of = countOf(pairs) + 2;
  const [first, second] = [(onlyFirst + 0.5) / of, (onlySecond + 0.5) / of];
  const half = Z * Math.sqrt((first + second - (first - second) ** 2) / of);
  return {
    value: (onlyFirst - onlySecond) / countOf(pairs),
    low: Math.max(-1, first - second - half),
    high: Math.min(1, first - second + half),
  };
}

/**
 * McNemar's test, exact and two-sided: how likely a split of the questions that only one got right is, at least as uneven
 * as this one, if both are equally good. Source: Q. McNemar, Psychometrika 12 (1947), with the binomial distribution.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const of = onlyFirst + onlySecond;
  let chance = 2 ** -of;
  let tail = 0;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += chance;
    chance *= (of - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

export const isShown = ({ onlyFirst, onlySecond }: Pairs): boolean => mcnemar(onlyFirst, onlySecond) < SHOWN;

/**
 * The smallest difference of two shares that so many questions could have shown, when so many of them were got right by
 * one alone; null when they are too few to show any.
 */
export function smallestShown(questions: number, split: number): number | null {
  for (let of = split; of <= questions; of++)
    for (let wins = Math.ceil(of / 2); wins <= of; wins++)
      if (mcnemar(wins, of - wins) < SHOWN) return (2 * wins - of) / questions;
  return null;
}
