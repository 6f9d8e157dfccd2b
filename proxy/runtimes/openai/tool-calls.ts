import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';

/** A piece of a tool call, as it arrives in a delta. */
export interface CallPiece {
  index?: number | null | undefined;
  id?: string | null | undefined;
  function?: { name?: string | null | undefined; arguments?: unknown } | null | undefined;
}

/** Puts tool calls together that arrive in pieces. */
export class ToolCalls {
  readonly #calls: { key: number | string; call: ToolCall }[] = [];

  /** Pieces belong together by their index; where a server gives none, a new id begins a new call. */
  add(piece: CallPiece): void {
    const { id, function: part } = piece;
    const { call } = this.#find(piece);
    if (id) call.id = id;
    if (part?.name && call.name === '') call.name = part.name;
    const given = part?.arguments;
    if (given === undefined || given === null) return;
    call.arguments += typeof given === 'string' ? given : JSON.stringify(given);
  }

  get some(): boolean {
    return this.#calls.length > 0;
  }

  /**
   * The calls, whole. Of an answer that was `cut` those that are not are left out; of any other they mean that it went wrong,
   * and `LinkFailure('crash')` is thrown.
   */
  take(cut: boolean): ToolCall[] {
    return this.#calls.flatMap(({ call }): ToolCall[] => {
      const whole = { ...call, id: call.id || newId(), arguments: call.arguments || '{}' };
      if (call.name !== '' && isJson(whole.arguments)) return [whole];
      if (cut) return [];
      throw new LinkFailure('crash', `the model called ${call.name || 'a tool'} with what is no JSON`);
    });
  }

  #find({ index, id }: CallPiece): { call: ToolCall } {
    const last = this.#calls.at(-1);
    const key = index ?? (id ? id : last?.key) ?? 0;
    const known = this.#calls.find((one) => one.key === key);
    if (known) return known;
    const begun = { key, call: { id: '', name: '', arguments: '' } };
    this.#calls.push(begun);
    return begun;
  }
}

const newId = (): string => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
