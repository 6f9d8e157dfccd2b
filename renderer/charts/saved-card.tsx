import type { Stats } from '../../proxy/contract.ts';
import { compact, counted, money } from '../format/numbers.ts';
import { useSettings } from '../settings/use-settings.ts';

const SPAN = { hour: 'hour', day: 'day', week: 'week' } as const;

/** What the tokens answered here would have cost at the tier above; an invitation while nobody set its prices. */
export function SavedCard({ stats }: { stats: Stats }) {
  const { settings } = useSettings();
  const { total, saved, span } = stats;
  const tokens = total.tokens_in + total.tokens_out;
  const prices = settings?.prices ?? null;
  return (
    <section className="card saved" aria-label="What it saved">
      {saved !== null && prices !== null ? (
        <p className="saved-main">
          <strong>{money(saved, prices.currency)}</strong> saved in the last {SPAN[span]}
        </p>
      ) : (
        <p className="saved-main">
          <strong>{compact(tokens)}</strong> tokens answered here in the last {SPAN[span]}
        </p>
      )}
      <p className="dim">
        {counted(total.requests, 'request')}: {compact(total.tokens_in)} tokens in,{' '}
        {compact(total.tokens_out)} out
        {prices !== null && saved !== null ? (
          `, at ${money(prices.input, prices.currency)} and ${money(prices.output, prices.currency)} a million`
        ) : (
          <>
            . <a href="#settings">Set the prices</a> of the tier above to see what that saved.
          </>
        )}
      </p>
    </section>
  );
}
