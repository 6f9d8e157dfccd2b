import * as z from 'zod';
import { type Group, JSON_TYPE, TEXT_TYPE } from '../group.ts';
import { exitCode } from '../shapes/base.ts';
import { failureHeaders } from '../shapes/chat.ts';

const askHeader = z.object({ 'X-Ask': z.literal('1').describe('No web page can send it unasked.') });

const form = z.object({
  a: z.array(z.string()).exactOptional().describe('The words of the command line, a field each.'),
  i: z.string().exactOptional().describe('What came on stdin.'),
  schema: z.string().exactOptional().describe('What is in the file of `--schema`.'),
  token: z.string().exactOptional().describe('The token, for what changes state.'),
  shell: z.string().exactOptional().describe('The shell’s process id, for `--again` and for taking turns.'),
  terminal: z.string().exactOptional().describe('stdout is a terminal.'),
  live: z
    .string()
    .exactOptional()
    .describe('stderr is a terminal, and reads `/ask/{id}/stderr` with this as its id.'),
  stream: z.string().exactOptional().describe('The same where stderr is no terminal.'),
});

const exit = exitCode.describe('What `ask` exits with. Once more as a trailer when the answer broke off.');
const open = z.string().describe('An address for the browser.');
const note = z.string().exactOptional().describe('A line for stderr, in UTF-8; there may be several.');

const told = failureHeaders
  .omit({ 'X-Ignored-Params': true })
  .extend({ 'X-Exit': exit, 'X-Note': note, 'X-Open': open.exactOptional() });

const answer = (description: string) => ({
  description,
  headers: told,
  content: {
    [TEXT_TYPE]: { schema: z.string().describe('What goes to stdout.') },
    [JSON_TYPE]: { schema: z.unknown().describe('With `--json`: a receipt or a report, as one line.') },
  },
});

/** What the shim talks to. */
export const ask: Group = {
  name: 'The command line',
  about:
    'What `ask` itself posts: the shim only carries words in and text out. Programs are better served by the other routes; this one may change with the shim.',
  operations: [
    {
      method: 'post',
      path: '/ask',
      id: 'ask',
      summary: 'A command line',
      description:
        'Errors come in the same way: their text is in `X-Note`, their exit code in `X-Exit`, and the body is empty.',
      needs: 'ask header',
      headers: askHeader,
      body: { type: 'application/x-www-form-urlencoded', schema: form },
      answers: { 200: answer('stdout, as it comes.') },
      errors: {
        404: 'There is no model of that name.',
        409: 'Something else is under way: a stress test, a download, or answers of what is to be cooled.',
        502: 'It broke off, or a download failed.',
        503: 'Nobody could answer, or with `--strict` it would have been a smaller model.',
        504: 'The time of `--timeout` was over.',
        507: 'The disk is too full for a download.',
      },
      errorHeaders: told.partial(),
    },
    {
      method: 'get',
      path: '/ask/{id}/stderr',
      id: 'readStderr',
      summary: 'The stderr of a command line, live',
      description: 'It may be asked for some seconds before or after the command line of that id.',
      needs: 'ask header',
      headers: askHeader,
      errorHeaders: told.pick({ 'X-Exit': true, 'X-Note': true }).partial(),
      inPath: z.object({ id: z.string().describe('What the form has in `live` or `stream`.') }),
      answers: {
        200: {
          description: 'stderr, as it comes.',
          headers: z.object({ 'Cache-Control': z.literal('no-store') }),
          content: { [TEXT_TYPE]: { schema: z.string() } },
        },
      },
    },
  ],
  shapes: {},
};
