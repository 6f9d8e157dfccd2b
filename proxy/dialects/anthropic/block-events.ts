import type { Delta, JsonObject } from '../../chat/types.ts';
import { SIGNATURE, toolUse } from './content.ts';

/** One server-sent event; its type stands in the data, too. Source: Anthropic's API reference, streaming. */
export const event = (type: string, data: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

type Kind = 'thinking' | 'text';

const EMPTY: Record<Kind, JsonObject> = {
  thinking: { type: 'thinking', thinking: '', signature: '' },
  text: { type: 'text', text: '' },
};

/** The content of one answer as events: each block is begun, told and ended before the next one begins. */
export class BlockEvents {
  readonly #shown: boolean;
  #index = 0;
  #open: Kind | null = null;

  /** `shown`: what the model thinks is told, too. */
  constructor(shown: boolean) {
    this.#shown = shown;
  }

  /** The events of a piece; empty when there is nothing to tell of it. */
  add({ reasoning, text, toolCalls = [] }: Delta): string {
    let events = '';
    if (reasoning && this.#shown)
      events += this.#piece('thinking', { type: 'thinking_delta', thinking: reasoning });
    if (text) events += this.#piece('text', { type: 'text_delta', text });
    for (const call of toolCalls) {
      // Calls arrive whole.
      const input = { type: 'input_json_delta', partial_json: call.arguments || '{}' };
      events += this.end() + this.#start(toolUse(call, {})) + this.#delta(input) + this.#stop();
    }
    return events;
  }

  /** Ends the block that is open, if one is. */
  end(): string {
    if (this.#open === null) return '';
    const signed =
      this.#open === 'thinking' ? this.#delta({ type: 'signature_delta', signature: SIGNATURE }) : '';
    this.#open = null;
    return signed + this.#stop();
  }

  #piece(kind: Kind, delta: JsonObject): string {
    if (this.#open === kind) return this.#delta(delta);
    const before = this.end();
    this.#open = kind;
    return before + this.#start(EMPTY[kind]) + this.#delta(delta);
  }

  #start(block: JsonObject): string {
    return event('content_block_start', { index: this.#index, content_block: block });
  }

  #delta(delta: JsonObject): string {
    return event('content_block_delta', { index: this.#index, delta });
  }

  #stop(): string {
    const stop = event('content_block_stop', { index: this.#index });
    this.#index += 1;
    return stop;
  }
}
