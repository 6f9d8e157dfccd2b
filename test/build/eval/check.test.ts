import { describe, expect, it } from 'vitest';
import { answerLine } from '../../../build/eval/check/answer-line.ts';
import { judge, type Verdict } from '../../../build/eval/check/judge.ts';
import { ALL } from '../../../build/eval/questions/all.ts';
import type { Right } from '../../../build/eval/questions/question.ts';

describe('the line with the answer', () => {
  it.each<[string, string | null]>([
    ['Answer: 42', '42'],
    ['It is 6 * 7.\n\nAnswer: 42\n', '42'],
    ['Answer: 41\nNo, that is wrong.\nAnswer: 42', '42'],
    ['**Answer:** 42', '42'],
    ['**Answer: 42**', '42'],
    ['> *Final answer*: `42`.', '42'],
    ['4. **The final answer:** 42', '42'],
    ['### Answer: \\boxed{42}', '42'],
    ['ANSWER : "42"', '42'],
    ['Answer:\r\n\r\n42\r\n', '42'],
    ['Answer: $\\boxed{\\text{Ben}}$', '$Ben$'],
    ['Answer: −3', '-3'],
    ['The answer is 42.', null],
    ['\\boxed{42}', null],
    ['Answers: 42', null],
    ['', null],
  ])('%j is %j', (text, line) => {
    expect(answerLine(text)).toBe(line);
  });

  it('is none when nothing follows', () => {
    expect(judge({ is: 'number', value: 0 }, 'I am not sure.\nAnswer:\n \n')).toBe('no line');
    expect(judge({ is: 'number', value: 0 }, 'Forty-two.')).toBe('no line');
  });
});

function expectVerdicts(right: Right, lines: Record<'right' | 'wrong', string[]>): void {
  for (const verdict of ['right', 'wrong'] as const)
    for (const line of lines[verdict])
      expect([line, judge(right, `So it is.\nAnswer: ${line}`)]).toEqual<[string, Verdict]>([line, verdict]);
}

describe('an answer is compared', () => {
  it('as a number', () => {
    expectVerdicts(
      { is: 'number', value: 1234.5 },
      {
        right: [
          ...[
            '1234.5',
            '1,234.50',
            '1 234.5',
            '1’234.5',
            '$1,234.50',
            '€ 1234,5',
            '1234.5 km/h',
            '1234.50 euros.',
          ],
          ...[
            '6 * 205.75 = 1234.5',
            'x ≈ 1234.5',
            '1234.5 (rounded)',
            '\\$1{,}234.50',
            'about 1234.5 m2',
            '１２３４.5',
          ],
        ],
        wrong: ['1234', '12345', '-1234.5', '1234.5 or 1235', 'none', '1234.5-1235', '= '],
      },
    );
    expectVerdicts(
      { is: 'number', value: 52 },
      {
        right: ['52%', '52nd', '+52', '- 52', '052'],
        wrong: ['5 2', '5.2', '52/1', '0.52', 'fifty-two', '1 hour 52 minutes'],
      },
    );
    expectVerdicts({ is: 'number', value: -3 }, { right: ['-3', '−3 °C'], wrong: ['3', '1-3'] });
  });

  it('as a date', () => {
    expectVerdicts(
      { is: 'date', value: '2024-03-01' },
      {
        right: [
          ...[
            '2024-03-01',
            '2024/3/1',
            '1 March 2024',
            'March 1, 2024',
            '1st of March 2024',
            'Mar. 1st, 2024',
          ],
          ...[
            'Friday, 1 March 2024',
            '**2024-03-01** (Friday)',
            '2024-03-01, that is 1 March 2024',
            '01 mar 2024',
          ],
        ],
        wrong: [
          '2024-03-02',
          '1 March',
          '01/03/2024',
          '2024-03-01 or 2024-03-02',
          'March 2024',
          '1 May 2024',
        ],
      },
    );
  });

  it('as a time of day', () => {
    expectVerdicts(
      { is: 'time', value: '21:53' },
      {
        right: ['21:53', '21:53:00', '9:53 pm', '09:53 P.M.', '21.53', '21:53 (9:53 pm)'],
        wrong: ['9:53', '21:35', '21', '9:53 am', '128 minutes'],
      },
    );
    expectVerdicts(
      { is: 'time', value: '00:10' },
      { right: ['00:10', '0:10', '12:10 a.m.'], wrong: ['12:10', '12:10 pm'] },
    );
    expectVerdicts(
      { is: 'time', value: '13:00' },
      { right: ['1 pm', '13:00 h', '13h00'], wrong: ['13', '1:00'] },
    );
  });

  it('as one of some words', () => {
    const right: Right = { is: 'choice', value: 'Bo', of: ['Ann', 'Bo', 'Cy'] };
    expectVerdicts(right, {
      right: ['Bo', 'bo.', '"Bo"', 'It is Bo', 'Bo (not next to Cy)', 'Bo, not Ann', '**Bo**'],
      wrong: ['Bob', 'Ann', 'Bo or Cy', 'not Bo', 'nobody', 'Ann, not Bo'],
    });
    const knows: Right = { is: 'choice', value: 'no', of: ['yes', 'no', 'unknown'] };
    expectVerdicts(knows, {
      right: ['No', 'no, it is not'],
      wrong: ['unknown', 'not known', 'yes', 'yes and no'],
    });
  });

  it('word for word', () => {
    expectVerdicts(
      { is: 'text', value: 'WX-20718' },
      {
        right: ['WX-20718', 'wx-20718.', '`WX-20718`', 'WX–20718', '"WX-20718"', 'WX-20718 (of 2 May)'],
        wrong: ['20718', 'WX-20718 and 88120', 'WX 20718'],
      },
    );
    expectVerdicts(
      { is: 'text', value: 'claims@northlake.example' },
      { right: ['claims@northlake.example', '<claims@northlake.example>'], wrong: ['claims@northlake'] },
    );
  });

  it('as a list, in any order or in that order', () => {
    expectVerdicts(
      { is: 'list', value: ['Celia', 'Emma', 'Henk'], ordered: false },
      {
        right: [
          'Celia, Emma, Henk',
          'Henk, Celia and Emma',
          '[Emma; Henk; Celia]',
          '{celia, emma, henk}',
          'Emma & Henk, Celia, Emma',
          'Celia Emma Henk',
        ],
        wrong: ['Celia, Emma', 'Celia, Emma, Henk, Gina', 'Celia, Emma, Hank', 'CeliaEmmaHenk'],
      },
    );
    expectVerdicts(
      { is: 'list', value: ['A', 'B', 'E'], ordered: true },
      {
        right: ['A, B, E', 'a > b > e', 'A → B → E', '1. A, 2. B, 3. E', 'A - B - E', 'A B E'],
        wrong: ['B, A, E', 'A, B', 'A, B, E, E', 'ABE'],
      },
    );
    expectVerdicts(
      { is: 'list', value: ['S-121', 'S-140'], ordered: false },
      { right: ['S-140, S-121', '"S-121", "S-140"', 'S-121 and S-140'], wrong: ['121, 140'] },
    );
  });

  it('so that each question of ours can be answered', () => {
    for (const { id, right } of ALL) {
      const written = right.is === 'list' ? right.value.join(', ') : String(right.value);
      expect([id, judge(right, `Answer: ${written}`)]).toEqual([id, 'right']);
    }
  });
});
