import type { Delta, Json, JsonObject, TokenLogprob, ToolCall } from '../../chat/types.ts';
import { type Form, type ItemStatus, MESSAGE, SUMMARY, THOUGHTS, toLogprobs } from './forms.ts';
import type { Asked } from './response.ts';

/** An event without its number. */
export type OutputEvent = { type: string; [key: string]: Json };

/** The item that is being told. */
interface Open {
  form: Form;
  id: string;
  text: string;
  logprobs: TokenLogprob[];
}

/** The output of one response as it comes into being, with the events that tell of it, in the API's order. */
export class Output {
  readonly #asked: Asked;
  /** Ends the id of each item. */
  readonly #suffix: string;
  readonly #done: JsonObject[] = [];
  #open: Open | null = null;

  constructor(asked: Asked, suffix: string) {
    this.#asked = asked;
    this.#suffix = suffix;
  }

  /** The items so far; one that is still being told is incomplete. */
  get items(): JsonObject[] {
    return this.#open ? [...this.#done, whole(this.#open, 'incomplete')] : [...this.#done];
  }

  add({ reasoning, text, logprobs, toolCalls }: Delta): OutputEvent[] {
    return [
      ...(reasoning ? this.#text(this.#asked.summary ? SUMMARY : THOUGHTS, reasoning, []) : []),
      ...(text || logprobs ? this.#text(MESSAGE, text ?? '', logprobs ?? []) : []),
      ...(toolCalls ?? []).flatMap((call) => this.#call(call)),
    ];
  }

  /** An answer without a word is an empty message. */
  end(status: 'completed' | 'incomplete'): OutputEvent[] {
    const events = this.#done.length === 0 && !this.#open ? this.#begin(MESSAGE) : [];
    return [...events, ...this.#close(status)];
  }

  #text(form: Form, delta: string, logprobs: TokenLogprob[]): OutputEvent[] {
    const events = this.#open?.form === form ? [] : [...this.#close('completed'), ...this.#begin(form)];
    const open = this.#open;
    if (!open) throw new Error('an item that was just begun is not there');
    open.text += delta;
    open.logprobs.push(...logprobs);
    const told = form.hasLogprobs ? { logprobs: toLogprobs(logprobs) } : {};
    return [...events, { type: `${form.textEvent}.delta`, ...this.#where(open), delta, ...told }];
  }

  #begin(form: Form): OutputEvent[] {
    const open = { form, id: this.#id(form.prefix), text: '', logprobs: [] };
    this.#open = open;
    return [
      this.#item('added', form.item(open.id, 'in_progress', [])),
      { type: `${form.partEvent}.added`, ...this.#where(open), part: form.part('', []) },
    ];
  }

  #close(status: ItemStatus): OutputEvent[] {
    const open = this.#open;
    if (!open) return [];
    const { form, text, logprobs } = open;
    const where = this.#where(open);
    const item = whole(open, status);
    const told = form.hasLogprobs ? { logprobs: toLogprobs(logprobs) } : {};
    const events = [
      { type: `${form.textEvent}.done`, ...where, text, ...told },
      { type: `${form.partEvent}.done`, ...where, part: form.part(text, logprobs) },
      this.#item('done', item),
    ];
    this.#open = null;
    this.#done.push(item);
    return events;
  }

  /** Runtimes tell calls whole, so their arguments are one delta. */
  #call({ id: call_id, name, arguments: json }: ToolCall): OutputEvent[] {
    const closing = this.#close('completed');
    const id = this.#id('fc');
    const called = this.#asked.called.get(name) ?? { name };
    const item = (status: ItemStatus, text: string): JsonObject => {
      return { id, type: 'function_call', status, arguments: text, call_id, ...called };
    };
    const where = { item_id: id, output_index: this.#done.length };
    const events = [
      this.#item('added', item('in_progress', '')),
      { type: 'response.function_call_arguments.delta', ...where, delta: json },
      { type: 'response.function_call_arguments.done', ...where, arguments: json },
      this.#item('done', item('completed', json)),
    ];
    this.#done.push(item('completed', json));
    return [...closing, ...events];
  }

  #item(state: 'added' | 'done', item: JsonObject): OutputEvent {
    return { type: `response.output_item.${state}`, output_index: this.#done.length, item };
  }

  #where({ id, form }: Open): JsonObject {
    return { item_id: id, output_index: this.#done.length, ...form.place };
  }

  #id(prefix: string): string {
    return `${prefix}_${this.#suffix}${this.#done.length}`;
  }
}

function whole({ form, id, text, logprobs }: Open, status: ItemStatus): JsonObject {
  return form.item(id, status, [form.part(text, logprobs)]);
}
