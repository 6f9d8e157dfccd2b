import type { Question } from './question.ts';

const number = (level: Question['level'], text: string, value: number): Question => ({
  level,
  text,
  right: { is: 'number', value },
});

/** Word problems. Every quantity is in digits, so that the tests can work them out from the text. */
export const arithmetic: readonly Question[] = [
  number(
    1,
    'A bakery sells rolls in bags of 6. Mara buys 7 bags and eats 5 rolls on the way home. How many rolls does she bring home?',
    37,
  ),
  number(
    1,
    'A group of 4 friends goes to the cinema. Each buys a ticket for 9 euros, and together they buy 3 buckets of popcorn at 4 euros each. How many euros do they spend in all?',
    48,
  ),
  number(
    1,
    'A train leaves with 212 passengers. At the first stop 47 get off and 31 get on; at the next stop 58 get off and 16 get on. How many passengers are on the train then?',
    154,
  ),
  number(
    1,
    'A jacket costs 80 euros. In a sale its price is lowered by 35 percent. How many euros does it cost in the sale?',
    52,
  ),
  number(
    1,
    'A printer prints 24 pages a minute. How many minutes does it need for 15 copies of a document of 32 pages?',
    20,
  ),
  number(
    2,
    'A water tank holds 960 litres and is filled to 25 percent. A pump adds 18 litres a minute, while a leak loses 3 litres a minute. After how many minutes is the tank full?',
    48,
  ),
  number(
    2,
    'A shop buys 120 mugs at 3.50 euros each. It sells 85 of them at 6.20 euros each and all the others at 4.00 euros each. How many euros of profit does it make?',
    247,
  ),
  number(
    2,
    'Ola is 4 times as old as her son. In 20 years she will be exactly twice as old as he will be then. How old is Ola now, in years?',
    40,
  ),
  number(
    2,
    'A cyclist rides 36 kilometres at 18 kilometres per hour, and then back the same way at 12 kilometres per hour. What is the average speed of the whole ride, in kilometres per hour?',
    14.4,
  ),
  number(
    2,
    'A recipe for 6 people needs 450 grams of rice. Rice comes in packets of 400 grams. How many packets must be bought to cook it for 22 people?',
    5,
  ),
  number(3, 'How many whole numbers from 1 to 500 are divisible by 6 or by 8, but not by both?', 105),
  number(
    3,
    'Pipe A alone fills an empty pool in 6 hours, pipe B alone in 9 hours. The drain alone empties the full pool in 18 hours. The pool is empty at first. For 2 hours only pipes A and B are open; then the drain is opened as well, and both pipes stay open. How many minutes after the pipes were opened is the pool full?',
    240,
  ),
  number(
    3,
    'A box holds red, blue and green marbles only. There are 3 times as many red ones as blue ones, and 8 more green ones than blue ones. When 6 red marbles are taken out, exactly half of the marbles that are left in the box are red. How many marbles were in the box at the beginning?',
    78,
  ),
  number(
    3,
    'The price of a shirt is raised by 25 percent, later lowered by 20 percent, and at last raised by 10 percent. Now the shirt costs 66 euros. How many euros did it cost at the beginning?',
    60,
  ),
  number(
    3,
    'Somebody owes 2000 euros. At the end of each month, first 1 percent of what is owed is added as interest, and then 500 euros are paid back. How many euros are still owed right after payment number 3, rounded to the cent?',
    545.55,
  ),
];
