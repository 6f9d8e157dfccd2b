import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ParsedBody, parseOpenai } from '../chat/parse-openai.ts';
import type { CacheUse, ChatRequest } from '../chat/types.ts';
import { HEADERS } from '../contract.ts';
import { guardJson } from '../guard.ts';
import type { Service } from '../service.ts';
import { promptFacts } from '../telemetry/prompt.ts';
import { asApiError } from './conduct.ts';
import { findModel } from './models.ts';
import { jsonWriter, sseWriter } from './openai-writers.ts';
import { readJson } from './read-body.ts';

/** `POST /v1/chat/completions` */
export async function chatCompletions(
  service: Service,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const exchange = service.begin('api');
  let parsed: ParsedBody;
  try {
    guardJson(req.headers);
    const json = await readJson(req, res, service.parts.bodyIdleMs);
    exchange.receipt.asked(namedModel(json), { hash: '', chars: 0 });
    parsed = parseOpenai(json);
    const { model, messages } = parsed.request;
    exchange.receipt.asked(model, promptFacts(messages));
    exchange.client = { user: parsed.user, metadata: parsed.metadata };
    findModel(exchange.live, model);
  } catch (error) {
    return exchange.refuse(asApiError(error), res, jsonWriter(res, exchange.now));
  }
  if (parsed.ignored.length > 0) res.setHeader(HEADERS.ignoredParams, parsed.ignored.join(', '));
  const model = findModel(exchange.live, parsed.request.model);
  const request: ChatRequest = {
    ...parsed.request,
    id: exchange.id,
    strict: header(req, HEADERS.strict) === '1',
    room: header(req, HEADERS.force) === '1' ? 'force' : 'plan',
    cache: cacheUse(req, model.cached),
    from: { client: clientOf(req, parsed.user), watched: false },
  };
  const writer = parsed.stream
    ? sseWriter(res, exchange.now, parsed.includeUsage)
    : jsonWriter(res, exchange.now);
  await exchange.serve(model, request, res, writer);
}

/** Node makes one text of a header that is sent twice, but for those that only servers send. */
function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

/** API clients opt in, by header or in the config; HTTP's own words can only take away from that. */
function cacheUse(req: IncomingMessage, byConfig: boolean): CacheUse {
  const wanted = byConfig || header(req, HEADERS.cache)?.toLowerCase() === 'use';
  const control = header(req, 'cache-control')?.toLowerCase() ?? '';
  const store = !control.includes('no-store');
  return { read: wanted && store && !control.includes('no-cache'), write: wanted && store };
}

/** Takes turns with others as one client: a program, by its key and for its user. */
const clientOf = (req: IncomingMessage, user: string | null): string =>
  `api ${req.headers['user-agent']} ${req.headers.authorization} ${user}`;

/** For the log line of a request that is refused before it is understood. */
function namedModel(json: unknown): string {
  return typeof json === 'object' && json !== null && 'model' in json && typeof json.model === 'string'
    ? json.model.slice(0, 100)
    : '';
}
