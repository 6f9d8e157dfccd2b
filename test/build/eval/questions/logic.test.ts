import { expect, it } from 'vitest';
import { logic } from '../../../../build/eval/questions/logic.ts';

/** Each puzzle stated once more, for a machine that tries out everything. What is right must be so in every case that fits. */

type Solutions = Set<string | number>;

/** Every order of some things. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => orders(items.filter((_, k) => k !== i)).map((rest) => [item, ...rest]));
}

/** Every way in which so many things can each be so or not. */
const worlds = (count: number): boolean[][] =>
  Array.from({ length: 2 ** count }, (_, n) => Array.from({ length: count }, (_, i) => ((n >> i) & 1) === 1));

/** The solutions among all orders of these names; `at` tells the place of one, from 0 on. */
function ordering(
  names: string,
  fits: (at: (name: string) => number) => boolean,
  answer: (order: string[]) => string,
): Solutions {
  const places = (order: string[]) => (name: string) => order.indexOf(name);
  return new Set(
    orders(names.split(' '))
      .filter((order) => fits(places(order)))
      .map(answer),
  );
}

/** Yes, no or unknown: whether something holds in the worlds that fit. */
function follows(holds: (world: boolean[]) => boolean, fits: (world: boolean[]) => boolean): Solutions {
  const said = new Set(worlds(2).filter(fits).map(holds));
  return new Set([said.size > 1 ? 'unknown' : said.has(true) ? 'yes' : 'no']);
}

/** The worlds in which who is a knight tells the truth, and nobody else does. */
const knights = (count: number, says: (knight: boolean[]) => boolean[]): boolean[][] =>
  worlds(count).filter((knight) => says(knight).every((said, i) => said === knight[i]));

const last = (order: string[]): string => order.at(-1) ?? '';
const list = (order: string[]): string => order.join();

const WORKED: (() => Solutions)[] = [
  () =>
    ordering(
      'Anna Ben Clara Dora',
      (at) => at('Anna') < at('Ben') && at('Clara') < at('Anna') && at('Dora') > at('Ben'),
      ([tallest]) => tallest ?? '',
    ),
  () => {
    // A thing that is a blicket, a toma, red or not: may one be a red blicket?
    const things = worlds(3).filter(([blicket, toma, red]) => (!blicket || toma) && !(toma && red));
    return new Set([things.some(([blicket, , red]) => blicket && red) ? 'yes' : 'no']);
  },
  () =>
    follows(
      ([alarm]) => alarm === true,
      ([alarm, green]) => (!alarm || green === true) && !green,
    ),
  () =>
    follows(
      ([rain]) => rain === true,
      ([rain, off]) => (!rain || off === true) && off === true,
    ),
  () =>
    ordering(
      'Eva Finn Gus Hana',
      (at) => at('Gus') === 0 && at('Eva') === at('Finn') + 1 && at('Hana') === at('Eva') + 1,
      last,
    ),
  () =>
    // Places stand for cat, dog and fish.
    ordering(
      'Iris Jon Kim',
      (at) => at('Jon') === 2 && at('Iris') !== 0,
      ([cat]) => cat ?? '',
    ),
  () => new Set(knights(2, ([leo, mia]) => [!mia, leo === mia]).map(([leo]) => (leo ? 'knight' : 'knave'))),
  () =>
    new Set(
      ['red', 'blue', 'green'].filter(
        (key) => [key === 'red', key !== 'blue', key !== 'red'].filter(Boolean).length === 1,
      ),
    ),
  () =>
    ordering(
      'Nina Omar Pia Quinn Rosa',
      (at) =>
        at('Pia') < at('Quinn') && at('Rosa') === at('Pia') + 1 && at('Omar') === 4 && at('Nina') < at('Pia'),
      list,
    ),
  () => {
    // A card must be turned when something on its other side would break the rule.
    const breaks = (letter: string, number: number): boolean => 'AEIOU'.includes(letter) && number % 2 === 1;
    const letters = ['E', 'T'].filter((letter) => [0, 1, 2, 3].some((number) => breaks(letter, number)));
    const numbers = [6, 9].filter((number) => [...'AEIOUTX'].some((letter) => breaks(letter, number)));
    return new Set([list([...letters, ...numbers.map(String)])]);
  },
  () => {
    const names = ['Wim', 'Xia', 'Yan', 'Zoe'];
    const found = knights(4, (all) => {
      const [wim, xia, yan, zoe] = all;
      return [!xia || !yan, wim !== zoe, !zoe, all.filter(Boolean).length === 2];
    });
    return new Set(found.map((knight) => list(names.filter((_, i) => knight[i]))));
  },
  () => {
    const juice: Solutions = new Set();
    for (const drinks of orders(['tea', 'coffee', 'milk', 'juice']))
      for (const one of ordering(
        'Sam Tess Uma Vic',
        (at) =>
          drinks[at('Tess') + 1] === 'coffee' &&
          drinks[2] === 'milk' &&
          [0, 3].includes(at('Vic')) &&
          drinks[at('Vic')] !== 'coffee' &&
          Math.abs(at('Sam') - at('Vic')) !== 1 &&
          drinks[at('Uma')] === 'tea',
        (order) => order[drinks.indexOf('juice')] ?? '',
      ))
        juice.add(one);
    return juice;
  },
  () =>
    ordering(
      'Ann Bo Cy Di Ed Fay',
      (at) => {
        const apart = (a: string, b: string): number => (at(a) - at(b) + 6) % 6;
        const nextTo = (a: string, b: string): boolean => [1, 5].includes(apart(a, b));
        return (
          apart('Ann', 'Bo') !== 3 &&
          apart('Ann', 'Cy') !== 3 &&
          nextTo('Bo', 'Cy') &&
          nextTo('Di', 'Ed') &&
          !nextTo('Fay', 'Ann') &&
          !nextTo('Di', 'Ann')
        );
      },
      (order) => order[(order.indexOf('Ann') + 3) % 6] ?? '',
    ),
  () =>
    new Set([
      worlds(6).filter((serves) => {
        const [amy, bob, cal, dee, eli, fay] = serves;
        return serves.filter(Boolean).length === 3 && !(amy && bob) && (!cal || dee) && (!eli || !fay);
      }).length,
    ]),
  () =>
    ordering(
      'A B C D E',
      (at) =>
        at('A') < at('C') &&
        at('C') !== at('A') + 1 &&
        at('D') !== at('A') + 1 &&
        ![0, 4].includes(at('D')) &&
        at('E') === at('B') + 1 &&
        at('B') !== 0,
      list,
    ),
];

it.each(logic.map((question, i) => [i + 1, question] as const))('logic-%i', (number, { right }) => {
  const value = right.is === 'list' ? list([...right.value]) : right.value;
  expect([...(WORKED[number - 1]?.() ?? [])]).toEqual([value]);
});

it('is worked out, each of them', () => {
  expect(WORKED).toHaveLength(logic.length);
});
