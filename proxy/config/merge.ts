type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that say what sort of thing an entry is. When a file changes one, nothing of the built-in entry fits any more. */
const KIND_KEYS = ['kind', 'runtime', 'members'];

function sameKind(base: Tree, over: Tree): boolean {
  if ('weights' in over && 'members' in base) return false;
  return KIND_KEYS.every(
    (key) => !(key in over) || (key in base && (key === 'members' || base[key] === over[key])),
  );
}

/**
 * `over` laid on `base`, field by field: lists are replaced whole, `null` takes an entry away, and an entry of
 * another kind (a council in place of a model, a GGUF in place of an Ollama name) replaces the built-in one.
 */
export function merge(base: Tree, over: Tree): Tree {
  // Without a prototype `__proto__` is a key like others, and unknown.
  const result: Tree = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    if (value === null) delete result[key];
    else result[key] = isTree(old) && isTree(value) && sameKind(old, value) ? merge(old, value) : value;
  }
  return result;
}
