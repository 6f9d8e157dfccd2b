import { isLoopback } from '../../config/remote.ts';
import type { OpenaiConfig } from '../../config/schema.ts';
import { type Found, ok, warn, wrong } from '../../doctor/finding.ts';
import { LinkFailure } from '../../errors.ts';
import type { OpenaiHttp } from './http.ts';
import { type Listed, listModels } from './models.ts';

/** How a server is. `denied`: models that it was asked for and did not have. */
export async function examineServer(
  http: OpenaiHttp,
  config: Pick<OpenaiConfig, 'url' | 'key' | 'paid'>,
  denied: ReadonlySet<string>,
): Promise<Found[]> {
  const findings: Found[] = [];
  if (config.key !== undefined && config.url.startsWith('http:') && !isLoopback(config.url))
    findings.push(warn(`its key goes to ${http.host} for everybody on the way to read; use https://`, null));
  let models: Listed[];
  try {
    models = await listModels(http);
  } catch (error) {
    if (!(error instanceof LinkFailure)) throw error;
    const env = config.key !== undefined && 'env' in config.key ? config.key.env : null;
    const mend =
      error.reason === 'unauthorized' && env !== null
        ? `export ${env}=...  # then start Toaster again`
        : null;
    // Some servers list nothing and answer all the same.
    const tell = error.reason === 'http_5xx' ? warn : wrong;
    return [tell(error.message, mend), ...findings];
  }
  const cost = config.paid ? '; it costs money, and is asked by name only' : '';
  findings.unshift(
    ok(`${models.length} ${models.length === 1 ? 'model' : 'models'} at ${config.url}${cost}`),
  );
  const lies = models.filter(({ id }) => denied.has(id)).map(({ id }) => id);
  if (lies.length > 0)
    findings.push(warn(`it lists ${lies.join(', ')}, and did not have it when it was asked`, null));
  return findings;
}
