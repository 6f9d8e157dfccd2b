/** Prometheus' text format, as strictly as a scraper reads it. */

/** One line of numbers. */
export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Exposition {
  /** The type of each metric, by its name. */
  types: Map<string, string>;
  help: Map<string, string>;
  series: Series[];
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[0-9][0-9.e+-]*)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Reads it; throws on a line that a scraper would not take, on a series that comes twice, and on one without a type. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  const series: Series[] = [];
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, comment, about, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (comment !== undefined && about !== undefined && rest !== undefined) {
      const into = comment === 'TYPE' ? types : help;
      if (into.has(about)) throw new Error(`${comment} of ${about} twice`);
      into.set(about, rest);
      continue;
    }
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a line of the format: ${line}`);
    if (familyOf(name, types) === undefined) throw new Error(`${name} has no type`);
    const key = line.slice(0, line.length - value.length);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    series.push({ name, labels: parseLabels(labels ?? ''), value: Number(value.replace('Inf', 'Infinity')) });
  }
  return { types, help, series };
}

/** The metric that a series belongs to: a histogram's have endings. */
export function familyOf(name: string, types: ReadonlyMap<string, string>): string | undefined {
  if (types.has(name)) return name;
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return types.get(base) === 'histogram' || types.get(base) === 'summary' ? base : undefined;
}

/** The value of the one series with that name and at least those labels; undefined when there is none. */
export function valueIn(
  { series }: Exposition,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = series.filter(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} series are ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  for (const [whole, label, value] of text.matchAll(LABEL)) {
    at += whole.length;
    if (label !== undefined && value !== undefined)
      labels[label] = value.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  if (at !== text.length) throw new Error(`these are no labels: ${text}`);
  return labels;
}
