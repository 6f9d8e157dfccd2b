import { readFileSync } from 'node:fs';
import type { Document } from 'yaml';
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { messageOf } from '../errors.ts';
import { checkReferences, type Problem } from './check.ts';
import { defaults } from './defaults.ts';
import { merge } from './merge.ts';
import { nearest } from './nearest.ts';
import { type Config, configSchema } from './schema.ts';

/** A config file that cannot be used. The message has one line per problem: `file:line: key: what; fix`. */
export class ConfigError extends Error {
  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The config of `file`, laid over the built-in one; without a file, the built-in one. Throws `ConfigError`. */
export function loadConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return parseConfig('', file);
    throw new ConfigError([`${file}: cannot be read (${error instanceof Error ? error.message : error})`]);
  }
  return parseConfig(text, file);
}

/** As `loadConfig`, on text; `file` is only named in errors. */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken)
    throw new ConfigError([
      `${file}:${lines.linePos(broken.pos[0]).line}: not valid YAML: ${broken.message}`,
    ]);
  const content = contentOf(document, file) ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new ConfigError([`${file}:1: must hold keys such as \`models:\`; see the example in the README`]);

  const parsed = configSchema.safeParse(merge(defaults, { ...content }));
  const problems = parsed.success
    ? checkReferences(withoutHeirlooms(parsed.data))
    : parsed.error.issues.flatMap(problemsOf);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigError(
    problems.map((problem) => `${place(file, document, lines, problem)}: ${problem.message}`),
  );
}

/** Throws `ConfigError` for an alias of nothing, or so many that they would fill the memory: only now do these show. */
function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError([`${file}: not valid YAML: ${messageOf(error)}`]);
  }
}

/** Names that anybody may say are looked up in these, and `constructor` is no model. */
function withoutHeirlooms(config: Config): Config {
  for (const named of [config.runtimes, config.weights, config.models, config.tiers])
    Object.setPrototypeOf(named, null);
  return config;
}

/** `file:line: key`; what no file holds is said to be built in. */
function place(file: string, document: Document, lines: LineCounter, { path }: Problem): string {
  const offset = offsetOf(document.contents, path);
  const key = path.join('.');
  return offset === undefined
    ? `${file}: ${key} (built in)`
    : `${file}:${lines.linePos(offset).line}: ${key}`;
}

/** Where in the text the deepest part of `path` that the file holds begins. */
function offsetOf(node: unknown, path: (string | number)[]): number | undefined {
  let found: number | undefined;
  let at: unknown = node;
  for (const step of path) {
    if (isMap(at)) {
      const pair = at.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (!pair || !isScalar(pair.key)) break;
      found = pair.key.range?.[0] ?? found;
      at = pair.value;
    } else if (isSeq(at)) {
      at = at.items[Number(step)];
      found = isScalar(at) || isMap(at) ? (at.range?.[0] ?? found) : found;
    } else break;
  }
  return found;
}

type Issue = z.core.$ZodIssue;

/** A validator's issue in words that say what to write. */
function problemsOf(issue: Issue): Problem[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path, key) }));
  // A union that has words of its own says better than any of its branches what to write.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const closest = closestBranch(issue);
    return closest.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => ({ path, message: inner.message }));
  return [{ path, message: issue.message }];
}

/** Of a union's branches the one that the author seems to have meant: the one with the fewest complaints. */
function closestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  const [first, ...others] = issue.errors;
  if (!first) return [{ ...issue, code: 'custom', path: [], message: issue.message, params: {} }];
  return others.reduce((best, branch) => (weight(branch) < weight(best) ? branch : best), first);
}
const weight = (branch: Issue[]): number =>
  branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

function unknownKey(path: (string | number)[], key: string): string {
  const close = nearest(key, knownKeys(path));
  return close ? `unknown key; did you mean ${close}?` : 'unknown key; remove it';
}

/** Keys that may stand at `path`, from the schema itself. */
function knownKeys(path: (string | number)[]): string[] {
  const reach = (schema: unknown, rest: (string | number)[]): string[] => {
    const def = schemaDef(schema);
    if (!def) return [];
    if (def.innerType) return reach(def.innerType, rest);
    if (def.options) return def.options.flatMap((option) => reach(option, rest));
    const [step, ...deeper] = rest;
    if (step === undefined) return Object.keys(def.shape ?? {});
    return reach(def.shape?.[step] ?? def.valueType ?? def.element, deeper);
  };
  return reach(configSchema, path);
}

interface SchemaDef {
  innerType?: unknown;
  options?: unknown[];
  shape?: Record<string, unknown>;
  valueType?: unknown;
  element?: unknown;
}
function schemaDef(schema: unknown): SchemaDef | undefined {
  return typeof schema === 'object' && schema !== null && 'def' in schema
    ? (schema.def as SchemaDef)
    : undefined;
}
