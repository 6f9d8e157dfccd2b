import type { Pressure } from '../../proxy/contract.ts';
import { clock } from '../format/time.ts';
import { PRESSURE } from '../format/words.ts';
import { Icon, type IconName } from '../parts/icons.tsx';

const ICONS: Record<Pressure['level'], IconName> = { normal: 'check', warn: 'warn', critical: 'critical' };

/** The state of memory in words, and what it comes from. Read out when it changes. */
export function PressureLine({ pressure }: { pressure: Pressure }) {
  const { level, why, since } = pressure;
  return (
    <div className={`pressure pressure-${level}`} role="status">
      <span className="pressure-word" title={`Since ${clock(since, Date.now() / 1000)}`}>
        <Icon name={ICONS[level]} size={13} />
        {PRESSURE[level]}
      </span>
      {why !== null && <span className="pressure-why">{why}</span>}
    </div>
  );
}
