import type { Ring } from './warmth.ts';

const RADIUS = 9;
const AROUND = 2 * Math.PI * RADIUS;

/** A ring in the colour of the weights; the words beside it say the same. */
export function WarmthRing({ ring, color, state }: { ring: Ring; color: number; state: string }) {
  const part = ring.kind === 'part' ? ring.part : ring.kind === 'moving' ? 0.25 : 0;
  return (
    <svg
      className={`ring ring-${ring.kind} ring-${state} color-${color}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <circle className="ring-track" cx="12" cy="12" r={RADIUS} />
      {part > 0 && (
        <circle
          className="ring-part"
          cx="12"
          cy="12"
          r={RADIUS}
          strokeDasharray={`${part * AROUND} ${AROUND}`}
          transform="rotate(-90 12 12)"
        />
      )}
      {state === 'warm' && <circle className="ring-core" cx="12" cy="12" r="4" />}
    </svg>
  );
}
