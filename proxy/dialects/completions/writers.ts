import type { ServerResponse } from 'node:http';
import type { AnswerWriter, ReceiptSoFar } from '../../http/write.ts';
import { codePoints } from '../../telemetry/prompt.ts';
import { chunksWriter } from '../chunks-writer.ts';
import { envelopeOf } from '../envelope.ts';
import { toUsage } from '../usage.ts';
import { jsonWriter } from '../writers.ts';
import { textCompletion, toLogprobs, usageChunk } from './chunks.ts';

const PREFIX = 'cmpl';

/** The answer as one JSON object, at the end; `echo` stands before it. */
export function wholeWriter(res: ServerResponse, receipt: ReceiptSoFar, echo: string): AnswerWriter {
  return jsonWriter(res, receipt, ({ text, logprobs, finish, usage }) => ({
    ...textCompletion(
      envelopeOf(receipt, PREFIX),
      echo + text,
      finish ?? 'stop',
      toLogprobs(logprobs, codePoints(echo)),
    ),
    usage: toUsage(usage),
  }));
}

/** The answer as server-sent events. */
export function eventsWriter(
  res: ServerResponse,
  receipt: ReceiptSoFar,
  echo: string,
  includeUsage: boolean,
): AnswerWriter {
  return chunksWriter(res, receipt, () => {
    const envelope = envelopeOf(receipt, PREFIX);
    let chars = codePoints(echo);
    return {
      ...(echo !== '' && { opening: textCompletion(envelope, echo, null) }),
      piece({ text = '', logprobs = [] }) {
        const at = chars;
        chars += codePoints(text);
        return textCompletion(envelope, text, null, toLogprobs(logprobs, at));
      },
      ending: ({ reason, usage }) => [
        textCompletion(envelope, '', reason),
        ...(includeUsage ? [usageChunk(envelope, toUsage(usage))] : []),
      ],
    };
  });
}
