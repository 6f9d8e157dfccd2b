const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2',
  critical: 'M5.3 2h5.4L14 5.3v5.4L10.7 14H5.3L2 10.7V5.3zM8 5v3.6M8 10.8v.2',
  cached: 'M9 1.8L3.5 9H8l-1 5.2L12.5 7H8z',
  down: 'M8 3v9M4.2 8.4L8 12.2l3.8-3.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14',
  chevron: 'M6 3.5L10.5 8 6 12.5',
  away: 'M2 8a9 9 0 0 1 12 0M4.5 10.6a5.4 5.4 0 0 1 7 0M8 13.2v.1M2.5 2.5l11 11',
  stop: 'M4.5 4.5h7v7h-7z',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A small drawing beside words that say the same. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg className={`icon icon-${name}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
