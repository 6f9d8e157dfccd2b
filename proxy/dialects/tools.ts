import * as z from 'zod';
import type { JsonObject, Tool, ToolChoice } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import { parseJson } from '../parse-json.ts';

/** What OpenAI's clients may call a function. */
export const functionName = z
  .string()
  .regex(/^[a-zA-Z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

/** A JSON Schema, as far as it is looked at here. */
export const schemaObject = z.record(z.string(), z.json());

/** The schema of a function that takes nothing. */
export const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };

/** A choice that can be honoured. Throws `ApiError` 400 for a call of a function that is not there. */
export function checkedChoice(choice: ToolChoice, tools: readonly Tool[]): ToolChoice {
  if (choice === 'auto' || choice === 'none') return choice;
  const param = 'tool_choice';
  if (tools.length === 0)
    throw new ApiError(400, '`tool_choice` asks for a call, and `tools` names none.', { param });
  if (choice === 'required' || tools.some(({ name }) => name === choice.name)) return choice;
  throw new ApiError(400, `\`tool_choice\` names ${choice.name}, which is not among \`tools\`.`, { param });
}

/** Which function each call of a conversation asked: runtimes want its name with the result. */
export class CallNames {
  readonly #names = new Map<string, string>();

  /** Takes note of a call. Throws `ApiError` 400 when its arguments, the field `param`, are not JSON. */
  add(id: string, name: string, json: string, param: string): void {
    this.#names.set(id, name);
    parseJson(json || '{}', `\`${param}\``, param);
  }

  /** The function whose result it is. Throws `ApiError` 400 that names the call when there was none. */
  of(id: string, param: string): string {
    const name = this.#names.get(id);
    if (name !== undefined) return name;
    throw new ApiError(400, `No earlier message holds the tool call ${id}; send it along.`, { param });
  }
}
