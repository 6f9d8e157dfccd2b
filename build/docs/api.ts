import { HEADERS } from '../../proxy/contract.ts';
import type { OpenApi } from '../../proxy/openapi/document.ts';
import type { MediaType, OperationObject, ParameterObject } from '../../proxy/openapi/operation.ts';
import { anchor, blocks, table, wrapped } from './markdown.ts';
import {
  branchesOf,
  type Field,
  fieldsOf,
  orText,
  propertiesOf,
  type Schema,
  typeText,
} from './schema-text.ts';

const FIELD = ['field', 'type', 'what it is'];
const PARAMETER = ['name', 'in', 'type', 'what it is'];

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

/** Headers and parameters are texts, so nothing tells a text from a number. */
const plainType = (schema: Schema): string => typeText(schema).replaceAll('"', '');

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
      blocks(`### ${titleOf(method, path)}`, operationText(operation, paths)),
    ),
  );
}

function operationText(operation: OperationObject, paths: OpenApi['paths']): string {
  const { summary, description = '', security, parameters = [], requestBody, responses } = operation;
  const common = paths['/v1/models']?.get?.responses ?? {};
  const answers = Object.entries(responses).filter(
    ([status]) => Number(status) < 400 || isPage(responses, status),
  );
  const errors = Object.entries(responses).filter(
    ([status, { description: when }]) =>
      Number(status) >= 400 &&
      !isPage(responses, status) &&
      !['408', '413', '415'].includes(status) &&
      when !== common[status]?.description,
  );
  return blocks(
    wrapped(
      [`${summary}.`, description, security?.some((way) => 'token' in way) && 'Takes the token.']
        .filter(Boolean)
        .join(' '),
    ),
    parameters.length > 0 && parameterTable(parameters),
    requestBody && contentText('Body', requestBody.content),
    ...answers.map(([status, { description: what, content = {} }]) =>
      contentText(`Answers ${status}`, content, what),
    ),
    errors.length > 0 &&
      table(
        ['error', 'when'],
        errors.map(([status, { description: when }]) => [status, when]),
      ),
  );
}

/** Whether a status that is an error elsewhere has a body of its own here. */
const isPage = (responses: OperationObject['responses'], status: string): boolean =>
  Object.keys(responses[status]?.content ?? {}).every((type) => !type.startsWith('application/json'));

const parameterTable = (parameters: readonly ParameterObject[]): string =>
  table(
    PARAMETER,
    parameters.map(({ name, in: place, required, description = '', schema }) => [
      `\`${name}\``,
      place,
      plainType(schema) +
        (required
          ? ', required'
          : schema.default === undefined || schema.default === ''
            ? ''
            : `, default ${schema.default}`),
      description,
    ]),
  );

/** What a body is, in each of its types. */
function contentText(title: string, content: Record<string, MediaType>, what = ''): string {
  const types = Object.entries(content).map(([type, { schema, 'x-events': events }]) => {
    const name = type.split(';')[0] ?? '';
    const said = events ? '' : shortText(schema);
    return `\`${name}\`${said === '' ? '' : ` ${said}`}`;
  });
  const head = wrapped(`**${title}** ${types.join(' or ')}${what && `: ${what}`}`);
  const details = Object.values(content).flatMap(({ schema, 'x-events': events }) => [
    fieldTable(schema),
    events && eventTable(events),
  ]);
  return blocks(head, ...details);
}

const shortText = (schema: Schema): string => {
  const text = typeText(schema);
  return text.startsWith('[') ? text : '';
};

const eventTable = (events: Record<string, Schema>): string =>
  table(
    ['event', 'its data'],
    Object.entries(events).map(([name, schema]) => [`\`${name}\``, typeText(schema)]),
  );

function fieldTable(schema: Schema): string {
  const fields = fieldsOf(schema);
  return fields.length === 0 ? '' : table(FIELD, fields.map(fieldRow));
}

/** That a count is not negative needs no words. */
const unbounded = (words: string): string => words.replace(/number from 0$/, 'number');

const fieldRow = ({ path, words, required, default: byDefault, description }: Field): string[] => [
  `\`${path}\``,
  orText(words.map(unbounded)) +
    (required ? '' : byDefault === undefined ? ', optional' : `, default ${JSON.stringify(byDefault)}`),
  description,
];

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

function shapeText(schema: Schema): string {
  const variants = branchesOf(schema).filter((branch) => propertiesOf(branch).length > 0);
  const told = variants.map(tellingField);
  if (variants.length < 2 || told.includes(null))
    return fieldTable(schema) || (variants.length === 0 ? wrapped(`One of ${typeText(schema)}.`) : '');
  return blocks(...variants.map((variant, i) => blocks(`With ${told[i]}:`, fieldTable(variant))));
}

/** The field by whose value one branch of a union is known; null when it has none. */
function tellingField(schema: Schema): string | null {
  const field = propertiesOf(schema).find(
    ([name, value]) => ['role', 'type'].includes(name) && ('const' in value || 'enum' in value),
  );
  return field ? `\`${field[0]}\` ${typeText(field[1])}` : null;
}
