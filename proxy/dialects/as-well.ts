/**
 * For a schema that puts what it is given into one form first: JSON Schema only sees that form, so this says what else is
 * taken. Where the API is described, `anyOf` is made of the two.
 */
export const AS_WELL = 'x-as-well';

/** To be given to a schema's `meta`. */
export const asWell = (schema: { type: string; description?: string }): Record<string, object> => ({
  [AS_WELL]: schema,
});
