import { LlamaCompletion, type LlamaContextSequence, type LlamaModel, type Token } from 'node-llama-cpp';
import type { Delta, Finish, Task } from '../../chat/types.ts';
import { noInfill } from '../inability.ts';
import { emitText } from './emit-text.ts';
import { EngineFault } from './engine-fault.ts';
import { SPARE, tooLong } from './prompt-size.ts';
import type { EngineRequest } from './protocol.ts';
import { readPrompt } from './read-prompt.ts';
import { samplingOptions } from './sampling-options.ts';
import { stopTexts } from './stop-texts.ts';

/** What a completion needs besides the request. */
interface Completing {
  sequence: LlamaContextSequence;
  signal: AbortSignal;
  emit(delta: Delta): void;
}

type Complete = Extract<Task, { kind: 'complete' }>;

/** Has a text go on, or fills in before a suffix; null when it was aborted. Throws `EngineFault` when the request is at fault. */
export async function completeText(
  { sequence, signal, emit }: Completing,
  request: EngineRequest,
  task: Complete,
): Promise<Finish | null> {
  const asked = ask(sequence.model, task, request.model);
  const { contextSize } = sequence.context;
  const promptTokens = asked.tokens.length;
  if (promptTokens + SPARE >= contextSize)
    throw tooLong('The prompt', promptTokens, request.model, contextSize, 'prompt');
  const room = contextSize - promptTokens - SPARE;
  const { sampling } = request;
  if (sampling.seed !== undefined) await sequence.clearHistory();
  await readPrompt(sequence, asked.tokens, signal, sampling.seed !== undefined);
  if (signal.aborted) return null;
  const meter = sequence.tokenMeter.getState();
  const stopped = new AbortController();
  const stops = stopTexts(sampling.stop ?? []);
  using completion = new LlamaCompletion({ contextSequence: sequence });
  const { metadata } = await asked.of(completion, {
    signal: AbortSignal.any([signal, stopped.signal]),
    stopOnAbortSignal: true,
    maxTokens: Math.min(request.maxTokens ?? room, room),
    ...samplingOptions(sampling),
    // By default it would cut from the front what exceeds nine tenths of the context.
    contextShiftSize: 1,
    onTextChunk: (text) => {
      emitText(emit, 'text', stops.add(text));
      if (stops.hit) stopped.abort();
    },
  });
  if (signal.aborted) return null;
  emitText(emit, 'text', stops.end());
  return {
    type: 'finish',
    reason: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
    usage: {
      promptTokens,
      completionTokens: sequence.tokenMeter.diff(meter).usedOutputTokens,
    },
    loadS: null,
  };
}

type Options = NonNullable<Parameters<LlamaCompletion['generateCompletionWithMeta']>[1]>;

interface Asked {
  /** As the model reads it: with the tokens that it wants at the beginning and around. */
  tokens: Token[];
  of(
    completion: LlamaCompletion,
    options: Options,
  ): ReturnType<LlamaCompletion['generateCompletionWithMeta']>;
}

function ask(model: LlamaModel, { prompt, suffix }: Complete, name: string): Asked {
  const { bos, shouldPrependBosToken, infill } = model.tokens;
  const first = shouldPrependBosToken && bos !== null ? [bos] : [];
  if (suffix === undefined) {
    const tokens = rawTokens(model, prompt, first[0] ?? null);
    return {
      tokens: [...first, ...tokens],
      of: (completion, options) => completion.generateCompletionWithMeta(tokens, options),
    };
  }
  if (infill.prefix === null || infill.suffix === null)
    throw new EngineFault(noInfill(name), { code: 'unsupported', param: 'suffix' });
  const before = [infill.prefix, ...model.tokenize(prompt, false, 'trimLeadingSpace')];
  const after = [infill.suffix, ...model.tokenize(suffix, false, 'trimLeadingSpace')];
  return {
    // In node-llama-cpp's order: models without a mark for the middle go on where the prompt ends.
    tokens:
      infill.middle === null
        ? [...first, ...after, ...before]
        : [...first, ...before, ...after, infill.middle],
    of: (completion, options) => completion.generateInfillCompletionWithMeta(prompt, suffix, options),
  };
}

/**
 * A raw prompt may hold a model's own marks: some editors put in those for filling in themselves. What node-llama-cpp puts
 * before each prompt is left out.
 */
function rawTokens(model: LlamaModel, prompt: string, first: Token | null): Token[] {
  const tokens = model.tokenize(prompt, true, first === null ? undefined : 'trimLeadingSpace');
  return first !== null && tokens[0] === first ? tokens.slice(1) : tokens;
}
