import { useId } from 'react';
import type { ModelStatus } from '../../proxy/contract.ts';
import { sizeOf } from '../format/bytes.ts';
import { ago, duration } from '../format/time.ts';
import { Icon } from '../parts/icons.tsx';
import { Switch } from '../parts/switch.tsx';
import { useNow } from '../state/use-now.ts';
import { ModelDetails } from './model-details.tsx';
import { WarmthRing } from './ring.tsx';
import type { Wish } from './use-pins.ts';
import { warmthOf } from './warmth.ts';

/** One model: how warm, how large, who answered last; a switch to keep it warm; its details below when open. */
export function ModelRow(props: {
  model: ModelStatus;
  statusAt: number;
  /** The proxy is away: nothing ticks. */
  frozen: boolean;
  color: number;
  open: boolean;
  onToggle: () => void;
  blocked: string | null;
  wish: Wish | undefined;
  onPin: (pinned: boolean) => void;
}) {
  const { model, statusAt, frozen, color, open, onToggle, blocked, wish, onPin } = props;
  const ticks = !frozen && warmthOf(model, 0).ticks;
  const now = useNow(ticks ? 1000 : 30_000);
  const passed = frozen ? 0 : Math.max(0, (now - statusAt) / 1000);
  const { words, ring } = warmthOf(model, passed);
  const details = useId();
  const { last } = model;
  const remote = model.state === 'remote';
  return (
    <li className={`model model-${model.state}`}>
      <div className="model-row">
        <button
          type="button"
          className="model-open"
          aria-expanded={open}
          aria-controls={open ? details : undefined}
          onClick={onToggle}
        >
          <WarmthRing ring={ring} color={color} state={model.state} />
          <span className="model-words">
            <span className="model-name">
              <span className="name" title={model.model}>
                {model.model}
              </span>
              {model.tiers.map((tier) => (
                <code key={tier} className="tier" title={`ask --${tier}`}>
                  --{tier}
                </code>
              ))}
            </span>
            <span className="model-facts">
              {!remote && <span className="model-size">{sizeOf(model)}</span>}
              {model.paid && (
                <span className="model-paid" title="Asked by name only">
                  costs money
                </span>
              )}
              <span className="model-warmth">{words}</span>
              {last && (
                <span className="model-last" title="Its last answer">
                  {duration(last.latency_s)}, {ago(last.ts, now / 1000)}
                </span>
              )}
            </span>
          </span>
          <Icon name="chevron" size={12} />
        </button>
        <Switch
          label={`Keep ${model.model} warm`}
          on={wish?.pinned ?? model.pinned}
          onChange={onPin}
          blocked={remote ? 'Another machine says how long it stays' : blocked}
          pending={wish?.pending ?? false}
        />
      </div>
      {wish?.error && (
        <p className="row-error" role="alert">
          {wish.error}
        </p>
      )}
      {open && <ModelDetails id={details} model={model} blocked={blocked} />}
    </li>
  );
}
