import type { MediaType, OperationObject, ParameterObject } from '../../proxy/openapi/operation.ts';
import { fieldTable } from './api-shape.ts';
import { blocks, table, wrapped } from './markdown.ts';
import { plainType, type Schema, typeText } from './schema-text.ts';

const PARAMETER = ['name', 'in', 'type', 'what it is'];
/** What every body may be refused with. */
const OF_BODIES = ['408', '413', '415'];

/** One operation; `common` are the answers that any route may give, and that are told elsewhere. */
export function operationText(operation: OperationObject, common: OperationObject['responses']): string {
  const { summary, description = '', security, parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const errors = Object.entries(responses).filter(
    ([status, { description: when }]) =>
      Number(status) >= 400 && !OF_BODIES.includes(status) && when !== common[status]?.description,
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
