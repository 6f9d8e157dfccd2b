import { HEADERS } from '../../proxy/contract.ts';
import type { OpenApi } from '../../proxy/openapi/document.ts';
import type { OperationObject } from '../../proxy/openapi/operation.ts';
import { operationText } from './api-operation.ts';
import { shapeText } from './api-shape.ts';
import { anchor, blocks, table, wrapped } from './markdown.ts';
import { plainType } from './schema-text.ts';

/** Statuses that nearly every operation may answer, said once. */
const EVERYWHERE = ['400', '401', '403', '408', '413', '415', '500', '503'];

/** `docs/api.md`: the OpenAPI document for people. */
export function apiReference(document: OpenApi): string {
  return `${blocks(
    '# API reference',
    '<!-- Written by `npm run docs` from the document at /openapi.json; do not edit. -->',
    introduction(document),
    ...document.tags.map((tag) => section(tag, document)),
    shapes(document),
  )}\n`;
}

function introduction({ info, tags, paths }: OpenApi): string {
  const routes = tags.flatMap(({ name }) =>
    operationsOf(name, paths).map(({ method, path, operation }) => [
      `[\`${method} ${path}\`](#${anchor(titleOf(method, path))})`,
      operation.summary,
    ]),
  );
  return blocks(
    wrapped(
      `Toaster ${info.version} listens on \`http://127.0.0.1:11436\`. The same as OpenAPI 3.1, for programs, is at \`/openapi.json\`; the tests hold every live answer to it.`,
    ),
    '```sh\ncurl http://127.0.0.1:11436/v1/chat/completions -H "Content-Type: application/json" \\\n  -d \'{"model": "fast-9b", "messages": [{"role": "user", "content": "Say hi."}]}\'\n```',
    table(['route', 'what it does'], routes),
    '## Who may ask',
    wrapped(
      'On loopback every program of this machine may ask and read, and no web page of another origin may. What changes state takes the token: `Authorization: Bearer` with what is in `~/.local/share/ask/admin.token`. Where `ASK_HOST` makes Toaster listen on another address, everything there but `/health` demands the API key as `Authorization: Bearer`; the token opens as well.',
    ),
    '## Errors',
    wrapped(
      `Every error has the shape [Error](#error), OpenAI's; the message says what to do next. Any route may answer these; what else one may answer stands with it. With \`Retry-After\` comes the number of seconds after which another try may help.`,
    ),
    commonErrors(paths),
    '## Headers of answers',
    wrapped(
      `Whoever asks a model is told who answered. \`${HEADERS.servedBy}\` is on every answer of a model, and \`${HEADERS.degraded}\` when it was not the one that was asked for.`,
    ),
    headersOf(paths['/v1/chat/completions']?.post),
  );
}

function commonErrors(paths: OpenApi['paths']): string {
  const responses = paths['/v1/chat/completions']?.post?.responses ?? {};
  const own = paths['/v1/models']?.get?.responses ?? {};
  const rows = EVERYWHERE.map((status) => [status, (own[status] ?? responses[status])?.description ?? '']);
  return table(['status', 'when'], rows);
}

function headersOf(operation: OperationObject | undefined): string {
  const headers = Object.entries(operation?.responses[200]?.headers ?? {});
  return table(
    ['header', 'value', 'what it tells'],
    headers.map(([name, { schema, description = '' }]) => [`\`${name}\``, plainType(schema), description]),
  );
}

const titleOf = (method: string, path: string): string => `${method} ${path}`;

function operationsOf(tag: string, paths: OpenApi['paths']) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function section({ name, description }: OpenApi['tags'][number], { paths }: OpenApi): string {
  return blocks(
    `## ${name}`,
    wrapped(description),
    ...operationsOf(name, paths).map(({ method, path, operation }) =>
      blocks(
        `### ${titleOf(method, path)}`,
        operationText(operation, paths['/v1/models']?.get?.responses ?? {}),
      ),
    ),
  );
}

function shapes({ components: { schemas } }: OpenApi): string {
  const all = Object.entries(schemas).map(([name, schema]) =>
    blocks(`### ${name}`, wrapped(String(schema.description ?? '')), shapeText(schema)),
  );
  return blocks(
    '## Shapes',
    wrapped('What bodies and answers are made of. A field without "optional" is always there.'),
    ...all,
  );
}
