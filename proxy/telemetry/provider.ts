import type { Live } from '../live-config.ts';

/**
 * Who answers for a model, as OpenTelemetry's `gen_ai.provider.name`: the kind of its runtime. A council, and a model that
 * nobody knows, is Toaster's own.
 */
export function providerOf(model: string, { catalog, config }: Pick<Live, 'catalog' | 'config'>): string {
  const runtime = catalog.get(model)?.chain[0]?.runtime;
  return (runtime !== undefined && config.runtimes[runtime]?.kind) || 'toaster';
}
