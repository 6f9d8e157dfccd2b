/** Something that is made when it is first needed: the browser's formatters take some milliseconds each. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
