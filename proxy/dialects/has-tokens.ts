/** Whether a field holds tokens in place of text: their numbers, or lists of these. */
export const hasTokens = (value: unknown): boolean =>
  Array.isArray(value) && value.some((item) => typeof item === 'number' || Array.isArray(item));
