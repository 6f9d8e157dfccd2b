import type { Question } from './question.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Level = Question['level'];
const date = (level: Level, text: string, value: string): Question => ({
  level,
  text,
  right: { is: 'date', value },
});
const time = (level: Level, text: string, value: string): Question => ({
  level,
  text,
  right: { is: 'time', value },
});
const number = (level: Level, text: string, value: number): Question => ({
  level,
  text,
  right: { is: 'number', value },
});
const weekday = (level: Level, text: string, value: string): Question => ({
  level,
  text,
  right: { is: 'choice', value, of: WEEKDAYS },
});

/** Dates are those of the Gregorian calendar; where a weekday matters, the text gives one to count from. */
export const dates: readonly Question[] = [
  date(1, 'Which date is 10 days after 25 March 2023?', '2023-04-04'),
  number(
    1,
    'A holiday begins on 3 May 2024 and ends on 21 May 2024. How many days does it last, if both the first and the last day count?',
    19,
  ),
  time(1, 'A film starts at 19:45 and lasts 128 minutes. At what time does it end?', '21:53'),
  weekday(1, '1 June 2025 is a Sunday. What day of the week is 17 June 2025?', 'Tuesday'),
  weekday(1, 'Today is a Wednesday. What day of the week will it be in 100 days?', 'Friday'),
  date(2, 'Which date is 45 days before 10 March 2024?', '2024-01-25'),
  number(
    2,
    'How many days is 2 February 2024 after 15 November 2023? (The day after 15 November is 1 day after it.)',
    79,
  ),
  number(
    2,
    'A night train departs at 22:35 and arrives at 06:10 the next morning. Both are local times, and the clocks at the destination are 1 hour ahead of those at the departure. How many minutes does the journey take?',
    395,
  ),
  date(
    2,
    'A subscription begins on 31 January 2023 and is renewed every 30 days: the first time 30 days after it began. On which date is renewal number 4?',
    '2023-05-31',
  ),
  weekday(2, '4 July 2026 is a Saturday. What day of the week is 25 December 2026?', 'Friday'),
  date(
    3,
    '17 August 2024 is a Saturday. Take the date that is 90 days after it. Which date is the second Tuesday of the month that follows the month of that date?',
    '2024-12-10',
  ),
  number(
    3,
    '1 January 2024 is a Monday. How many Fridays are there from 1 January 2024 to 31 March 2025, both days included?',
    65,
  ),
  date(
    3,
    'A job takes 23 working days. Working days are Monday to Friday; there are no public holidays. It begins on Thursday, 6 February 2025, which is working day number 1. Which date is the last working day of the job?',
    '2025-03-10',
  ),
  date(
    3,
    'A flight leaves at 01:20 local time on 1 March 2024 from a city whose clocks are 9 hours ahead of UTC, and takes 12 hours and 45 minutes to a city whose clocks are 8 hours behind UTC. Which local date is it there when it lands?',
    '2024-02-29',
  ),
  date(
    3,
    'A lift is oiled every 45 days and inspected every 60 days. On 12 October 2023 it was both oiled and inspected. On which date do both fall on the same day for the next time?',
    '2024-04-09',
  ),
];
