import { bytes } from '../format/bytes.ts';
import type { Segment } from './segments.ts';

/** One bar for all of the machine's memory, and its legend. */
export function MemoryBar({ total, segments }: { total: number; segments: Segment[] }) {
  const words = segments.map(({ name, size }) => `${name} ${sizeWords(size)}`).join(', ');
  return (
    <div className="memory-parts">
      <div className="bar" role="img" aria-label={`Of ${bytes(total)}: ${words}`}>
        {segments.map(({ kind, name, size, color }) =>
          size ? (
            <span
              key={`${kind} ${name}`}
              className={`part part-${kind} ${colorClass(color)}`}
              style={{ flexGrow: size / total }}
              title={`${name}: ${bytes(size)}`}
            />
          ) : null,
        )}
      </div>
      <ul className="legend">
        {segments.map(({ kind, name, size, color }) => (
          <li key={`${kind} ${name}`} title={name}>
            <span className={`swatch part-${kind} ${colorClass(color)}`} />
            <span className="legend-name">{name}</span>
            <span className="legend-size">{sizeWords(size)}</span>
          </li>
        ))}
        <li className="legend-total">
          <span className="legend-name">In all</span>
          <span className="legend-size">{bytes(total)}</span>
        </li>
      </ul>
    </div>
  );
}

const colorClass = (color: number | null): string => (color === null ? '' : `color-${color}`);
const sizeWords = (size: number | null): string => (size === null ? 'size not told' : bytes(size));
