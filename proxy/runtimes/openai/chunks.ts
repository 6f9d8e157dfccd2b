import * as z from 'zod';
import type { Delta, Finish, RuntimeEvent, Usage } from '../../chat/types.ts';
import type { FinishReason } from '../../contract.ts';
import { LinkFailure } from '../../errors.ts';
import { logprobEntry, toLogprob } from '../logprobs.ts';
import { errorOf } from './error-of.ts';
import { ToolCalls } from './tool-calls.ts';

const piece = z.object({
  content: z.string().nullish(),
  /** Two names for the same: DeepSeek's, which llama-server and SGLang took over; and vLLM's, OpenRouter's, Ollama's. */
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z
    .array(
      z.object({
        index: z.number().nullish(),
        id: z.string().nullish(),
        function: z.object({ name: z.string().nullish(), arguments: z.unknown().optional() }).nullish(),
      }),
    )
    .nullish(),
});

/** One chunk of a streamed answer, or a whole answer (`message`), as far as it is used. Source: OpenAI's API reference. */
const chunk = z.object({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        delta: piece.nullish(),
        message: piece.nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z
          .object({
            content: z.array(logprobEntry).nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
});
type Choice = NonNullable<z.output<typeof chunk>['choices']>[number];

/** How often a call that is being written is told of: it may be long, and silence means trouble. */
const SIGN_MS = 1000;

/** The reasons that servers give besides OpenAI's own; `tool_calls` is told by the calls. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'stop',
  function_call: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  content_filter: 'content_filter',
};

/** Turns the chunks of one answer into events. Its finish waits for the last one, which has the usage. */
export class ChunkReader {
  readonly #host: string;
  readonly #hide: (text: string) => string;
  /** llama-server gives twenty alternatives where nobody asked for any. */
  readonly #topLogprobs: number;
  readonly #calls = new ToolCalls();
  #usage: Usage = { promptTokens: null, completionTokens: null };
  #finish: FinishReason | null = null;
  #signAt = Number.NEGATIVE_INFINITY;

  /**
   * `host`: the server, for errors; `hide` takes secrets out of what it says; `topLogprobs`: as many alternatives of a token
   * were asked for.
   */
  constructor(host: string, hide: (text: string) => string, topLogprobs = 0) {
    this.#host = host;
    this.#hide = hide;
    this.#topLogprobs = topLogprobs;
  }

  /** Whether the server has said that the answer is done. What goes wrong afterwards takes nothing from it. */
  get finished(): boolean {
    return this.#finish !== null;
  }

  /** The deltas of one event's data. Throws `LinkFailure('crash')` for an error object or what is no chunk. */
  read(data: string): Delta[] {
    const { error, choices, usage } = this.#parse(data);
    if (error !== undefined && error !== null && this.#finish === null)
      throw new LinkFailure('crash', `${this.#host} broke off: ${this.#hide(errorOf(error).message)}`);
    if (usage)
      this.#usage = {
        promptTokens: usage.prompt_tokens ?? null,
        completionTokens: usage.completion_tokens ?? null,
      };
    const [choice] = choices ?? [];
    return choice ? this.#choice(choice) : [];
  }

  /** What ends the answer. Throws `LinkFailure('crash')` when the server has not said that it is done. */
  end(): RuntimeEvent[] {
    if (this.#finish === null)
      throw new LinkFailure('crash', `${this.#host} ended the answer without saying that it is done`);
    const toolCalls = this.#calls.take(this.#finish === 'length');
    const reason = this.#finish === 'stop' && toolCalls.length > 0 ? 'tool_calls' : this.#finish;
    const finish: Finish = { type: 'finish', reason, usage: this.#usage, loadS: null };
    return toolCalls.length > 0 ? [{ type: 'delta', toolCalls }, finish] : [finish];
  }

  #choice({ delta, message, finish_reason, logprobs }: Choice): Delta[] {
    const part = delta ?? message;
    for (const call of part?.tool_calls ?? []) this.#calls.add(call);
    if (finish_reason) this.#finish = this.#reasonOf(finish_reason);
    const text = part?.content || part?.refusal || '';
    const reasoning = part?.reasoning_content || part?.reasoning || '';
    const tokens = logprobs?.content ?? [];
    if (text === '' && reasoning === '' && tokens.length === 0) return this.#signOfLife();
    return [
      {
        type: 'delta',
        ...(text !== '' && { text }),
        ...(reasoning !== '' && { reasoning }),
        ...(tokens.length > 0 && { logprobs: tokens.map((token) => toLogprob(token, this.#topLogprobs)) }),
      },
    ];
  }

  #signOfLife(): Delta[] {
    const now = performance.now();
    if (!this.#calls.some || this.#finish !== null || now - this.#signAt < SIGN_MS) return [];
    this.#signAt = now;
    return [{ type: 'delta' }];
  }

  #reasonOf(word: string): FinishReason {
    const reason = REASONS[word.toLowerCase()];
    if (reason !== undefined) return reason;
    // `abort`, `error` and the like: to call that a finished answer would be a lie.
    throw new LinkFailure('crash', `${this.#host} ended the answer by "${word.slice(0, 40)}"`);
  }

  #parse(data: string): z.output<typeof chunk> {
    let json: unknown;
    try {
      json = JSON.parse(data);
    } catch (error) {
      throw new LinkFailure(
        'crash',
        `${this.#host} sent an event that is no JSON: ${this.#hide(data).slice(0, 80)}`,
        {
          cause: error,
        },
      );
    }
    const parsed = chunk.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new LinkFailure(
      'crash',
      `${this.#host} sent an event of unknown shape: ${this.#hide(data).slice(0, 80)}`,
      {
        cause: parsed.error,
      },
    );
  }
}
