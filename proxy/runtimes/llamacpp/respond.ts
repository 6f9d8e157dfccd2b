import { randomInt } from 'node:crypto';
import type { ChatHistoryItem, ChatModelFunctions, Llama, LlamaChat, Token } from 'node-llama-cpp';
import type { Delta, Finish, ToolCall } from '../../chat/types.ts';
import { toHistory } from './chat-history.ts';
import { emitText } from './emit-text.ts';
import { EngineFault } from './engine-fault.ts';
import { toFunctions, toGrammar } from './grammar.ts';
import { SPARE, tooLong } from './prompt-size.ts';
import type { EngineRequest } from './protocol.ts';
import { readPrompt } from './read-prompt.ts';
import { samplingOptions } from './sampling-options.ts';
import { stopTexts } from './stop-texts.ts';

/** What one answer needs besides the request. */
export interface Responding {
  llama: Llama;
  chat: LlamaChat;
  signal: AbortSignal;
  emit(delta: Delta): void;
}

/** Makes one answer on a sequence; null when it was aborted. Throws `EngineFault` when the request is at fault. */
export async function respond(
  { llama, chat, signal, emit }: Responding,
  request: EngineRequest,
): Promise<Finish | null> {
  const history = toHistory(request.messages);
  const functions = toFunctions(request.tools);
  const grammar = request.format ? await toGrammar(llama, request.format) : undefined;
  refuse(chat, request);
  const { contextSize } = chat.sequence.context;
  const prompt = promptOf(chat, history, functions, request.model);
  const promptTokens = prompt.length;
  const room = contextSize - promptTokens - SPARE;
  const { sampling } = request;
  // What an earlier answer left in the sequence is mostly useful, and may make numbers round differently.
  if (sampling.seed !== undefined) await chat.sequence.clearHistory();
  await readPrompt(chat.sequence, prompt, signal, sampling.seed !== undefined);
  if (signal.aborted) return null;
  const meter = chat.sequence.tokenMeter.getState();
  const stopped = new AbortController();
  const stops = stopTexts(sampling.stop ?? []);
  const result = await chat.generateResponse(history, {
    signal: AbortSignal.any([signal, stopped.signal]),
    stopOnAbortSignal: true,
    maxTokens: Math.min(request.maxTokens ?? room, room),
    ...samplingOptions(sampling),
    contextShift: { size: 1, strategy: refuseToForget },
    ...(request.think === false && { budgets: { thoughtTokens: 0 } }),
    ...(functions
      ? {
          functions,
          documentFunctionParams: true,
          ...(request.firstCallOnly && { maxParallelFunctionCalls: 1 }),
        }
      : grammar && { grammar }),
    onResponseChunk: ({ segmentType, text }) => {
      if (segmentType !== undefined) emitText(emit, 'reasoning', text);
      else emitText(emit, 'text', stops.add(text));
      if (stops.hit) stopped.abort();
    },
  });
  if (signal.aborted) return null;
  emitText(emit, 'text', stops.end());
  const calls = (result.functionCalls ?? []).map(toCall);
  if (calls.length > 0) emit({ type: 'delta', toolCalls: calls });
  const { usedOutputTokens } = chat.sequence.tokenMeter.diff(meter);
  return {
    type: 'finish',
    reason: result.metadata.stopReason === 'maxTokens' ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop',
    usage: { promptTokens, completionTokens: usedOutputTokens },
    loadS: null,
  };
}

function refuse(chat: LlamaChat, { think, format, tools, model }: EngineRequest): void {
  if (think === true && chat.chatWrapper.settings.segments?.thought === undefined)
    throw new EngineFault(
      `${model} cannot reason: leave \`reasoning_effort\` out, and \`think\` of the model in the config.`,
      { code: 'unsupported', param: 'reasoning_effort' },
    );
  if (format && tools.length > 0)
    throw new EngineFault('`response_format` and `tools` cannot be had together here; send one.', {
      code: 'unsupported',
      param: 'response_format',
    });
}

/** The conversation as the model reads it. */
function promptOf(
  chat: LlamaChat,
  chatHistory: ChatHistoryItem[],
  availableFunctions: ChatModelFunctions | undefined,
  model: string,
): Token[] {
  const { contextSize } = chat.sequence.context;
  const state = chat.chatWrapper.generateContextState({
    chatHistory,
    ...(availableFunctions && { availableFunctions, documentFunctionParams: true }),
  });
  const tokens = state.contextText.tokenize(chat.model.tokenizer);
  if (tokens.length + SPARE < contextSize) return tokens;
  throw tooLong('The prompt', tokens.length, model, contextSize, 'messages');
}

/** llama.cpp would drop the oldest messages when the context is full. The token limit keeps it from coming to that. */
function refuseToForget(): never {
  throw new EngineFault('The context is full.', { code: 'context_length_exceeded', param: 'messages' });
}

function toCall({ functionName, params }: { functionName: string; params: unknown }): ToolCall {
  const id = `call_${randomInt(2 ** 47)
    .toString(36)
    .padStart(10, '0')}`;
  return { id, name: functionName, arguments: JSON.stringify(params ?? {}) };
}
