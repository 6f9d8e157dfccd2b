import type { Question, Right } from './question.ts';

/** What is to be found is in the text, or is counted or added up from it. */
function extract(level: Question['level'], source: string, question: string, right: Right): Question {
  return { level, text: `${source}\n\n${question}`, right };
}

const text = (value: string): Right => ({ is: 'text', value });
const number = (value: number): Right => ({ is: 'number', value });
const list = (...value: string[]): Right => ({ is: 'list', value, ordered: false });

const ROTA = `On call in week 31
Mon  Petra      backup Idris
Tue  Idris      backup Lotte
Wed  Lotte      backup Petra
Thu  Milan      backup Idris
Fri  Petra      backup Lotte
Changes after this was printed: Petra and Milan swap Thursday and Friday. On Wednesday the backup is Milan.`;

const LOG = `07:58:12 INFO  worker-2 started
07:58:40 WARN  worker-2 retry 1 of job 4471: timeout
07:59:02 ERROR worker-2 job 4471 failed: timeout
08:00:15 INFO  worker-1 job 4472 done in 31 s
08:01:07 ERROR worker-3 job 4473 failed: disk full
08:01:09 INFO  worker-3 message "ERROR budget exceeded" forwarded
08:02:44 WARN  worker-1 retry 1 of job 4474: connection reset
08:03:10 INFO  worker-1 job 4474 done in 58 s
08:04:51 ERROR worker-2 job 4475 failed: timeout
08:05:33 INFO  worker-3 job 4476 done in 12 s`;

const EXPENSES = `date        who     what              euros   status
2025-03-03  Noor    train             48.20   approved
2025-03-04  Emil    hotel            131.00   approved
2025-03-04  Noor    lunch             17.50   rejected
2025-03-06  Noor    taxi              22.80   approved
2025-03-07  Emil    train             39.90   pending
2025-03-10  Noor    hotel            118.00   pending
2025-03-11  Noor    conference fee   210.00   approved
2025-03-12  Emil    taxi              14.60   approved`;

export const extraction: readonly Question[] = [
  extract(
    1,
    'Hello, thank you for calling back so quickly. Please send the signed form to claims@northlake.example by Friday, and a copy to me. Kind regards, Sven Aalto, Northlake Insurance, room 4.12, telephone 555 0142',
    'To which e-mail address is the signed form to be sent?',
    text('claims@northlake.example'),
  ),
  extract(
    1,
    'Your order WX-20718 of 2 May has left our warehouse. It travels in parcel 00340 4341 9982 and should reach you on 6 May. Your customer number is 88120.',
    'What is the number of the order?',
    text('WX-20718'),
  ),
  extract(
    1,
    'INVOICE 2025-114\n2 desks at 240.00     480.00\n4 chairs at 85.00     340.00\ndelivery               35.00\nnet                   855.00\nVAT 20 %              171.00\nto be paid           1026.00',
    'Which amount is to be paid?',
    number(1026),
  ),
  extract(
    1,
    'The bridge was designed by Marta Oduya and built by the Hallgren brothers between 1911 and 1914. It was opened by the mayor, Otto Brandt, and repaired in 1952 by the engineer Karin Vale.',
    'Who designed the bridge? Give the first and the last name.',
    text('Marta Oduya'),
  ),
  extract(
    1,
    'host=db-3 port=5433 user=report timeout=30 pool=12 sslmode=require schema=sales',
    'What is the value of pool?',
    number(12),
  ),
  extract(2, ROTA, 'Who is on call on Friday, after the changes? (Not the backup.)', text('Milan')),
  extract(
    2,
    LOG,
    'How many lines have the severity ERROR? The severity is the word right after the time.',
    number(3),
  ),
  extract(
    2,
    'Attendance for 14 June. Bruno: yes. Celia: sorry, no. Dario: I will be there. Emma: cannot make it. Farid: yes, but I must leave at four. Gina: has not answered. Henk: I am away that week.',
    'List the first names of those who said that they will not come.',
    list('Celia', 'Emma', 'Henk'),
  ),
  extract(
    2,
    'release 2.9.0   2024-11-02  stable\nrelease 2.10.0  2025-01-15  stable\nrelease 2.10.1  2025-01-29  withdrawn\nrelease 2.8.7   2025-02-03  stable (security fix for 2.8)\nrelease 3.0.0   2025-02-20  beta',
    'Which version number is the highest among the stable releases?',
    text('2.10.0'),
  ),
  extract(
    2,
    'Flights from Lyss to Norden, single fare:\nAurel Air 07:10, 129 euros, no changes\nNordjet 09:35, 84 euros, one change\nBlueline 11:20, 97 euros, no changes\nSkylark 13:05, 92 euros, one change\nAurel Air 16:40, 101 euros, no changes',
    'Which airline has the cheapest flight without a change? Give its name.',
    text('Blueline'),
  ),
  extract(3, EXPENSES, "How many euros do Noor's approved expenses come to in all?", number(281)),
  extract(
    3,
    LOG,
    'List the numbers of the jobs that were done or failed without any retry before.',
    list('4472', '4473', '4475', '4476'),
  ),
  extract(
    3,
    'From: Ruth. Let us meet on Tuesday at 10:00 in room Elm.\nFrom: Pavel. At 10:00 I have the dentist. Could we say 11:30?\nFrom: Ruth. 11:30 is fine, but Elm is taken then. Room Oak?\nFrom: Amira. Oak has no screen. Birch is free until 12:00 and from 13:00 to 16:00.\nFrom: Ruth. We need 90 minutes, so Birch right after lunch, as soon as it is free again. Please note the new time.\nFrom: Pavel. Noted. The dentist has moved to 08:00, by the way, but let us leave it at that.',
    'At what time does the meeting begin, as it was agreed in the end?',
    { is: 'time', value: '13:00' },
  ),
  extract(
    3,
    'Clause 4. The tenant may end this lease with three months\' notice to the end of a month, and the landlord with six. Clause 5. Clause 4 does not apply in the first year. Clause 9. By amendment of 1 March, in Clause 4 "three" is replaced by "two", and "six" by "four". Clause 10. In a lease of a shop, the periods of Clause 4 are each one month longer than those for a flat. Schedule. Object: shop, ground floor, 64 square metres. Lease since 2019.',
    'How many months of notice must the tenant give today, with the amendment of 1 March in force?',
    number(3),
  ),
  extract(
    3,
    'sensor  room     floor  battery  last seen  state\nS-118   kitchen  0      81 %     today      ok\nS-121   cellar   -1     14 %     today      ok\nS-127   hall     0      9 %      yesterday  ok\nS-130   attic    2      11 %     today      off\nS-133   office   1      55 %     yesterday  ok\nS-140   bath     1      18 %     today      ok\nS-152   garage   0      19 %     today      ok\nS-160   balcony  2      20 %     today      ok',
    'List the sensors that have a battery below 20 %, were last seen today and are not off.',
    list('S-121', 'S-140', 'S-152'),
  ),
];
