/** Those who want to hear of something. */
export class Listeners<Heard extends unknown[] = []> {
  readonly #all = new Set<(...heard: Heard) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Calls back each time from now on. Returns what ends that. */
  add(listener: (...heard: Heard) => void): () => void {
    // The same function may listen twice.
    const entry = (...heard: Heard): void => listener(...heard);
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  tell(...heard: Heard): void {
    for (const listener of this.#all) listener(...heard);
  }
}
