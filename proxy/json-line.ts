/** What JSON leaves as it is, and a terminal acts on, or some readers of lines take for the end of one. */
const LEFT = /[\u007f-\u009f\u2028\u2029]/g;

/** A value as one line of JSON, for a file of lines or for a terminal. */
export function jsonLine(value: unknown): string {
  const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(LEFT, escaped)}\n`;
}
