/** The weights that are fetched where there are none, and what their bytes are. */
export const TINY_WEIGHTS = {
  runtime: 'llamacpp',
  file: 'qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
  source: {
    url: 'https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/ebb2015119c907b064c512bf053e945850b5875f/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
    sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
    bytes: 491_400_064,
  },
  size_gb: 0.5,
  context: 8192,
};
