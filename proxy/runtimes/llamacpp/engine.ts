import { randomInt } from 'node:crypto';
import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  type Llama,
  LlamaChat,
  type LlamaContext,
  type LlamaModel,
} from 'node-llama-cpp';
import type { Delta, Finish, ToolCall } from '../../chat/types.ts';
import { toHistory } from './chat-history.ts';
import { EngineFault } from './engine-fault.ts';
import { toFunctions, toGrammar } from './grammar.ts';
import type { EngineRequest } from './protocol.ts';

interface EngineOptions {
  context: number;
  parallel: number;
  threads: number;
}

/** The weights in memory, with as many sequences as answers may be made at a time. */
export class Engine {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #free: LlamaChat[];
  readonly #waiting: ((chat: LlamaChat) => void)[] = [];
  readonly #contextSize: number;

  private constructor(llama: Llama, model: LlamaModel, context: LlamaContext, parallel: number) {
    this.#llama = llama;
    this.#model = model;
    this.#contextSize = context.contextSize;
    this.#free = Array.from(
      { length: parallel },
      () => new LlamaChat({ contextSequence: context.getSequence() }),
    );
  }

  static async create(
    llama: Llama,
    model: LlamaModel,
    { context, parallel, threads }: EngineOptions,
  ): Promise<Engine> {
    const created = await model.createContext({ contextSize: context, sequences: parallel, threads });
    return new Engine(llama, model, created, parallel);
  }

  /** Answers; null when it was aborted. Throws `EngineFault` when the request is at fault. */
  async generate(
    request: EngineRequest,
    signal: AbortSignal,
    emit: (delta: Delta) => void,
  ): Promise<Finish | null> {
    const chat = await this.#take(signal);
    if (!chat) return null;
    try {
      return await this.#answer(chat, request, signal, emit);
    } finally {
      this.#giveBack(chat);
    }
  }

  async #answer(
    chat: LlamaChat,
    request: EngineRequest,
    signal: AbortSignal,
    emit: (delta: Delta) => void,
  ): Promise<Finish | null> {
    const history = toHistory(request.messages);
    const functions = toFunctions(request.tools);
    if (request.think === true && chat.chatWrapper.settings.segments?.thought === undefined)
      throw new EngineFault(
        `${request.model} cannot reason: leave \`reasoning_effort\` out, and \`think\` of the model in the config.`,
        { code: 'unsupported', param: 'reasoning_effort' },
      );
    const promptTokens = this.#countPrompt(chat, history, functions, request.model);
    const room = this.#contextSize - promptTokens - 2;
    const meter = chat.sequence.tokenMeter.getState();
    const { sampling } = request;
    const grammar = request.format ? await toGrammar(this.#llama, request.format) : undefined;
    if (grammar && functions)
      throw new EngineFault('`response_format` and `tools` cannot be had together here; send one.', {
        code: 'unsupported',
        param: 'response_format',
      });
    const result = await chat.generateResponse(history, {
      signal,
      stopOnAbortSignal: true,
      maxTokens: Math.min(request.maxTokens ?? room, room),
      temperature: sampling.temperature ?? 0.8,
      topK: sampling.topK ?? 40,
      topP: sampling.topP ?? 0.95,
      minP: sampling.minP ?? 0.05,
      // Left out, it would be the time, which two members of a council share.
      seed: sampling.seed ?? randomInt(2 ** 31),
      repeatPenalty: penalties(sampling),
      contextShift: { size: 1, strategy: refuseToForget },
      ...(sampling.stop && { customStopTriggers: sampling.stop }),
      ...(request.think === false && { budgets: { thoughtTokens: 0 } }),
      ...(functions
        ? {
            functions,
            documentFunctionParams: true,
            ...(request.firstCallOnly && { maxParallelFunctionCalls: 1 }),
          }
        : grammar && { grammar }),
      onResponseChunk: ({ segmentType, text }) => {
        if (text === '') return;
        if (segmentType === undefined) emit({ type: 'delta', text });
        else emit({ type: 'delta', reasoning: text });
      },
    });
    if (signal.aborted) return null;
    const calls = (result.functionCalls ?? []).map(toCall);
    if (calls.length > 0) emit({ type: 'delta', toolCalls: calls });
    const { usedOutputTokens } = chat.sequence.tokenMeter.diff(meter);
    return {
      type: 'finish',
      reason:
        result.metadata.stopReason === 'maxTokens' ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop',
      usage: { promptTokens, completionTokens: usedOutputTokens },
      loadS: null,
    };
  }

  #countPrompt(
    chat: LlamaChat,
    chatHistory: ChatHistoryItem[],
    availableFunctions: ChatModelFunctions | undefined,
    model: string,
  ): number {
    const state = chat.chatWrapper.generateContextState({
      chatHistory,
      ...(availableFunctions && { availableFunctions, documentFunctionParams: true }),
    });
    const count = state.contextText.tokenize(this.#model.tokenizer).length;
    if (count + 2 < this.#contextSize) return count;
    throw new EngineFault(
      `The prompt has ${count} tokens and ${model} takes ${this.#contextSize}. Shorten it, or raise \`context\` of its weights in the config.`,
      { code: 'context_length_exceeded', param: 'messages' },
    );
  }

  /** A sequence, when one is free; null when the request was aborted while it waited. */
  #take(signal: AbortSignal): Promise<LlamaChat | null> {
    const free = this.#free.pop();
    if (free) return Promise.resolve(free);
    return new Promise((resolve) => {
      const give = (chat: LlamaChat): void => {
        signal.removeEventListener('abort', leave);
        resolve(chat);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1);
        resolve(null);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(give);
    });
  }

  #giveBack(chat: LlamaChat): void {
    const next = this.#waiting.shift();
    if (next) next(chat);
    else this.#free.push(chat);
  }
}

/** llama.cpp would drop the oldest messages when the context is full. The token limit keeps it from coming to that. */
function refuseToForget(): never {
  throw new EngineFault('The context is full.', { code: 'context_length_exceeded', param: 'messages' });
}

function penalties({ frequencyPenalty = 0, presencePenalty = 0 }: EngineRequest['sampling']) {
  if (frequencyPenalty === 0 && presencePenalty === 0) return false;
  return { penalty: 1, frequencyPenalty, presencePenalty };
}

function toCall({ functionName, params }: { functionName: string; params: unknown }): ToolCall {
  const id = `call_${randomInt(2 ** 47)
    .toString(36)
    .padStart(10, '0')}`;
  return { id, name: functionName, arguments: JSON.stringify(params ?? {}) };
}
