import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Message, Tool } from '../../chat/types.ts';
import { EXIT, HEADERS } from '../../contract.ts';
import { guardJson } from '../../guard.ts';
import { asApiError } from '../../http/conduct.ts';
import { findModel } from '../../http/models.ts';
import { readJson } from '../../http/read-body.ts';
import { sendJson } from '../../http/write.ts';
import type { Service } from '../../service.ts';
import { promptFacts } from '../../telemetry/prompt.ts';
import { objectBody, readFields } from '../body.ts';
import { parseMessages } from './parse-messages.ts';
import { countRequest } from './request.ts';
import { toTools } from './tools.ts';
import { messageWriter } from './writers.ts';

/**
 * UTF-8 bytes per token. Measured with Qwen's tokenizer: 3.9 to 5.6 for prose in six languages, code and JSON Schema, 2.4
 * where it is mostly digits.
 */
const BYTES_PER_TOKEN = 4;
/** What a template writes around a message, and what a picture of common size becomes. */
const MESSAGE_TOKENS = 4;
const IMAGE_TOKENS = 600;

/**
 * `POST /v1/messages/count_tokens`: an estimate, and said to be one. Ollama has no tokenizer to ask, and no weights are
 * loaded to count. It is no question to a model: the log has it as a command.
 */
export async function countTokens(
  service: Service,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const exchange = service.begin('api', req.headers);
  exchange.command = 'count_tokens';
  try {
    guardJson(req.headers);
    const json = await readJson(req, res, service.parts.bodyIdleMs);
    const body = objectBody(json, '`model` and `messages`');
    const fields = readFields(countRequest, body);
    const messages = parseMessages(fields);
    exchange.receipt.asked(fields.model, promptFacts(messages));
    findModel(exchange.live, fields.model);
    exchange.told(EXIT.answered);
    sendJson(
      res,
      200,
      { input_tokens: estimateTokens(messages, toTools(fields)) },
      { [HEADERS.requestId]: exchange.id, [HEADERS.tokenCount]: 'estimated' },
    );
  } catch (error) {
    await exchange.refuse(asApiError(error), res, messageWriter(res, exchange.now, false));
  }
}

/** About how many tokens a model reads. Never fewer than there are messages. */
export function estimateTokens(messages: readonly Message[], tools: readonly Tool[]): number {
  const told = messages.map(
    ({ text, toolCalls = [], images = [] }) =>
      MESSAGE_TOKENS +
      images.length * IMAGE_TOKENS +
      tokensOf(text) +
      tokensOf(toolCalls.map((call) => call.name + call.arguments).join('')),
  );
  return told.reduce((sum, tokens) => sum + tokens, tools.length > 0 ? tokensOf(JSON.stringify(tools)) : 0);
}

const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
