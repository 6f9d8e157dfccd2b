import type { JsonObject, Tool, ToolChoice } from '../../chat/types.ts';
import { checkedChoice, NO_PARAMETERS } from '../tools.ts';
import type { FunctionTool, ResponsesTool, ResponsesToolChoice } from './tool-fields.ts';

/** A function as the client knows it. */
export type Called = { name: string; namespace?: string };

export interface Tools {
  tools: Tool[];
  toolChoice: ToolChoice;
  /** Functions of namespaces, by the name that the model has for them. */
  called: ReadonlyMap<string, Called>;
  /** Those of `tools` that can be called, in the client's shape. */
  kept: JsonObject[];
  /** What cannot be called here, for `X-Ignored-Params`. */
  leftOut: string[];
}

/** The one name that a model has for a function and its namespace. */
export function insideName(name: string, namespace: string | null | undefined): string {
  return namespace ? `${namespace}__${name}` : name;
}

/** Throws `ApiError` 400 when `tool_choice` asks for a tool that is not there, or that cannot be called. */
export function parseTools(given: readonly ResponsesTool[], choice: ResponsesToolChoice): Tools {
  const tools: Tool[] = [];
  const called = new Map<string, Called>();
  const kept: JsonObject[] = [];
  const leftOut: string[] = [];
  for (const tool of given) {
    if (tool.type === 'other') {
      leftOut.push(`tools.${tool.name}`);
      continue;
    }
    const namespace = tool.type === 'namespace' ? tool.name : undefined;
    const functions: FunctionTool[] = [];
    for (const member of tool.type === 'namespace' ? tool.tools : [tool]) {
      if (member.type === 'other') leftOut.push(`tools.${tool.name}.${member.name}`);
      else functions.push(member);
    }
    for (const { name, description, parameters } of functions) {
      const inside = insideName(name, namespace);
      if (namespace !== undefined) called.set(inside, { name, namespace });
      tools.push({
        name: inside,
        parameters: parameters ?? NO_PARAMETERS,
        ...(description && { description }),
      });
    }
    kept.push(namespace === undefined ? tool : { ...tool, tools: functions });
  }
  return { ...chosen(choice, tools), called, kept, leftOut };
}

/** `none` and `allowed_tools` are honoured by what the model is told of. */
function chosen(choice: ResponsesToolChoice, tools: Tool[]): Pick<Tools, 'tools' | 'toolChoice'> {
  if (choice === 'none') return { tools: [], toolChoice: choice };
  if (typeof choice === 'string') return { tools, toolChoice: checkedChoice(choice, tools) };
  if (choice.type === 'function')
    return { tools, toolChoice: checkedChoice({ name: insideName(choice.name, choice.namespace) }, tools) };
  const names = choice.tools.map((tool) => ('name' in tool ? insideName(tool.name, tool.namespace) : null));
  const allowed = tools.filter(({ name }) => names.includes(name));
  return { tools: allowed, toolChoice: checkedChoice(choice.mode, allowed) };
}
