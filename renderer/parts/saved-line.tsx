import { compact, money } from '../format/numbers.ts';
import { useSettings } from '../settings/use-settings.ts';
import { useStats } from '../state/use-stats.ts';

/** What the week saved, in a few words; nothing until it is known. */
export function SavedLine() {
  const { stats } = useStats('week');
  const { settings } = useSettings();
  if (!stats) return null;
  const tokens = stats.total.tokens_in + stats.total.tokens_out;
  if (tokens === 0) return null;
  const worth =
    stats.saved !== null && settings?.prices ? money(stats.saved, settings.prices.currency) : null;
  return (
    <span className="saved-line dim" title={`${compact(tokens)} tokens were answered here in the last week`}>
      Week: {worth === null ? `${compact(tokens)} tokens` : `${worth} saved`}
    </span>
  );
}
