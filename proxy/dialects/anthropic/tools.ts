import type { Tool, ToolChoice } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import type { CountRequest, CustomTool } from './request.ts';

type AnyTool = NonNullable<CountRequest['tools']>[number];

const isCustom = (tool: AnyTool): tool is CustomTool => 'input_schema' in tool;

/** The types of the tools that nobody has here, such as `web_search_20250305`. */
export function foreignTools({ tools }: CountRequest): string[] {
  return (tools ?? []).flatMap((tool) => (isCustom(tool) ? [] : tool.type));
}

/** The tools that the model is shown. */
export function toTools(fields: CountRequest): Tool[] {
  if (fields.tool_choice?.type === 'none') return [];
  const found = foundTools(fields);
  // Where Anthropic's side would search, nobody does; then all of them have to be shown.
  const searched = foreignTools(fields).some((type) => type.startsWith('tool_search_tool'));
  return (fields.tools ?? [])
    .filter(isCustom)
    .filter(({ name, defer_loading }) => !defer_loading || searched || found.has(name))
    .map(({ name, description, input_schema }) => ({
      name,
      parameters: input_schema,
      ...(description != null && { description }),
    }));
}

/** What a search of the client found, and what was called before: only that is shown of tools whose loading is deferred. */
function foundTools({ messages }: CountRequest): Set<string> {
  const names = messages.flatMap(({ content }) =>
    content.flatMap((block) => {
      if (block.type === 'tool_use') return block.name;
      if (block.type !== 'tool_result') return [];
      return (block.content ?? []).flatMap((inner) =>
        inner.type === 'tool_reference' ? inner.tool_name : [],
      );
    }),
  );
  return new Set(names);
}

/** Throws `ApiError` 400 when it demands a call of what is not there. */
export function toToolChoice({ tool_choice: choice, tools: given }: CountRequest, tools: Tool[]): ToolChoice {
  const type = choice?.type ?? 'auto';
  if (choice == null || type === 'auto' || type === 'none') return type === 'none' ? 'none' : 'auto';
  const refuse = (message: string): ApiError => new ApiError(400, message, { param: 'tool_choice' });
  if (choice.type !== 'tool') {
    if (tools.length > 0) return 'required';
    throw refuse('`tool_choice` asks for a call, and `tools` names none that can be called here.');
  }
  const { name } = choice;
  if (tools.some((tool) => tool.name === name)) return { name };
  if (given?.some((tool) => tool.name === name && !isCustom(tool)))
    throw refuse(`\`tool_choice\` demands ${name}, a tool of Anthropic's servers that nobody has here.`);
  throw refuse(`\`tool_choice\` names ${name}, which is not among \`tools\`.`);
}
