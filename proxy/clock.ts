/** The two ways of asking for the time, injected so that tests can hold it. */
export interface Clock {
  /** Seconds since 1970. */
  wall(): number;
  /** Monotonic, in ms. */
  now(): number;
}

export const systemClock: Clock = { wall: () => Date.now() / 1000, now: () => performance.now() };
