import type { Question } from './question.ts';

type Level = Question['level'];
const choice = (level: Level, text: string, of: string[], value: string): Question => ({
  level,
  text,
  right: { is: 'choice', value, of },
});
const list = (level: Level, text: string, value: string[], ordered: boolean): Question => ({
  level,
  text,
  right: { is: 'list', value, ordered },
});

const FOLLOWS = ['yes', 'no', 'unknown'];
const KNIGHTS = 'On an island live knights, who always tell the truth, and knaves, who always lie.';

/** Puzzles with one solution: the tests try out every possibility. */
export const logic: readonly Question[] = [
  choice(
    1,
    'Anna is taller than Ben. Clara is taller than Anna. Dora is shorter than Ben. Who is the tallest of the four?',
    ['Anna', 'Ben', 'Clara', 'Dora'],
    'Clara',
  ),
  choice(
    1,
    'All blickets are tomas. No toma is red. Is it possible that some blicket is red?',
    ['yes', 'no'],
    'no',
  ),
  choice(
    1,
    'Whenever the alarm is on, the light is green. The light is not green now. Is the alarm on now?',
    FOLLOWS,
    'no',
  ),
  choice(
    1,
    'Whenever it rains, the match is cancelled. The match is cancelled today. Does it rain today?',
    FOLLOWS,
    'unknown',
  ),
  choice(
    1,
    'Four people stand in a queue. Gus is the first. Eva stands directly behind Finn, and Hana directly behind Eva. Who is the last?',
    ['Eva', 'Finn', 'Gus', 'Hana'],
    'Hana',
  ),
  choice(
    2,
    'Iris, Jon and Kim have one pet each: one has a cat, one a dog and one a fish. Jon has neither the cat nor the dog. Iris does not have the cat. Who has the cat?',
    ['Iris', 'Jon', 'Kim'],
    'Kim',
  ),
  choice(
    2,
    `${KNIGHTS} Leo says: "Mia is a knave." Mia says: "Leo and I are of the same kind." What is Leo?`,
    ['knight', 'knave'],
    'knight',
  ),
  choice(
    2,
    'A key lies in one of three boxes: the red, the blue or the green one. On the red box is written: "The key is in this box." On the blue box: "The key is not in this box." On the green box: "The key is not in the red box." Exactly one of the three inscriptions is true. In which box is the key?',
    ['red', 'blue', 'green'],
    'blue',
  ),
  list(
    2,
    'Nina, Omar, Pia, Quinn and Rosa ran a race, and no two of them finished at the same time. Pia was faster than Quinn. Rosa finished directly after Pia. Omar was the last. Nina finished before Pia. List the five from the first to the last.',
    ['Nina', 'Pia', 'Rosa', 'Quinn', 'Omar'],
    true,
  ),
  list(
    2,
    'Each of four cards has a letter on one side and a number on the other. They lie on a table and show E, T, 6 and 9. Which cards must be turned over, and no others, to find out whether this holds for all four: if a card has a vowel on one side, then it has an even number on the other? List what these cards show.',
    ['E', '9'],
    false,
  ),
  list(
    3,
    `${KNIGHTS} Wim says: "Xia is a knave, or Yan is a knave, or both." Xia says: "Wim and Zoe are of different kinds." Yan says: "Zoe is a knave." Zoe says: "Exactly two of the four of us are knights." List the knights among Wim, Xia, Yan and Zoe.`,
    ['Wim', 'Zoe'],
    false,
  ),
  choice(
    3,
    'Four houses stand in a row, numbered 1 to 4 from left to right. Sam, Tess, Uma and Vic live in them, one in each, and each of them drinks something else: tea, coffee, milk or juice. Tess lives in the house directly to the left of the house where coffee is drunk. In house 3 milk is drunk. Vic lives in house 1 or in house 4, and does not drink coffee. Sam and Vic are not next-door neighbours. Uma drinks tea. Who drinks juice?',
    ['Sam', 'Tess', 'Uma', 'Vic'],
    'Vic',
  ),
  choice(
    3,
    'Ann, Bo, Cy, Di, Ed and Fay sit at a round table with six chairs. Ann sits directly opposite neither Bo nor Cy. Bo sits next to Cy, and Di next to Ed. Neither Fay nor Di sits next to Ann. Who sits directly opposite Ann?',
    ['Bo', 'Cy', 'Di', 'Ed', 'Fay'],
    'Fay',
  ),
  {
    level: 3,
    text: 'A committee of exactly 3 people is chosen from Amy, Bob, Cal, Dee, Eli and Fay. Amy and Bob will not serve together. If Cal serves, Dee must serve as well. Eli serves only if Fay does not. How many different committees are possible?',
    right: { is: 'number', value: 8 },
  },
  list(
    3,
    'Five talks, A, B, C, D and E, are given one after another. A comes earlier than C. Neither C nor D comes directly after A. D is neither the first nor the last. E comes directly after B. B is not the first. List the five talks from the first to the last.',
    ['A', 'B', 'E', 'D', 'C'],
    true,
  ),
];
