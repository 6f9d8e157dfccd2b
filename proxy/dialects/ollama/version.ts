/** Whose read-only endpoints these are like. Clients look whether an Ollama is recent enough for them, which they say of no Toaster. */
export const OLLAMA_VERSION = '0.33.0';
