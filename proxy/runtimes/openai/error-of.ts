/** What a server says of an error. */
export interface ServerError {
  message: string;
  /** Codes and types, as far as it gives some, in one text: servers differ in which they use. */
  code: string;
  param: string | null;
  /** llama-server's figures of a prompt that is too long. */
  promptTokens: number | null;
  context: number | null;
}

const LONGEST_CHARS = 300;

/**
 * The error in what a server sent: OpenAI's `{"error":{...}}`, an `error` that is a text, vLLM's older object without that
 * wrapping, FastAPI's `detail`, or whatever else the body is.
 */
export function errorOf(body: unknown): ServerError {
  const outer = record(body) ?? {};
  const inner = record(outer.error) ?? outer;
  const message = [inner.message, outer.error, outer.message, outer.detail, body].find(
    (one) => typeof one === 'string' && one.trim() !== '',
  );
  const text = typeof message === 'string' ? message : JSON.stringify(outer.detail ?? body ?? 'nothing more');
  return {
    message: text.trim().replace(/\s+/g, ' ').slice(0, LONGEST_CHARS),
    code: [inner.code, inner.type].filter((one) => typeof one === 'string').join(' '),
    param: typeof inner.param === 'string' && inner.param !== '' ? inner.param : null,
    promptTokens: numberOf(inner.n_prompt_tokens),
    context: numberOf(inner.n_ctx),
  };
}

/** The same of a response's text. */
export function errorOfText(text: string): ServerError {
  try {
    return errorOf(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A page of a proxy in between; its tags tell nobody anything.
    return errorOf(text.replace(/<[^>]*>/g, ' ').trim() || 'nothing more');
  }
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
