import type { EngineError } from './protocol.ts';

/** The request asks for what these weights cannot do. */
export class EngineFault extends Error {
  readonly #facts: { code?: string; param?: string };

  constructor(message: string, facts: { code?: string; param?: string }) {
    super(message);
    this.#facts = facts;
  }

  /** As it travels to the parent. */
  toWire(): EngineError {
    return { kind: 'client', message: this.message, ...this.#facts };
  }
}
