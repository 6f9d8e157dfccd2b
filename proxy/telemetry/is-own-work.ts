import type { Receipt } from '../contract.ts';

/** Whether a model worked for this request: not for a hit, and for an answer that is shared it did for another one. */
export const isOwnWork = ({ cache, shared }: Pick<Receipt, 'cache' | 'shared'>): boolean =>
  cache !== 'hit' && !shared;
