import { requireToken } from '../admin/token.ts';
import { coolModel, pinModel } from '../admin/warmth.ts';
import type { Config } from '../config/schema.ts';
import { jsonLine } from '../json-line.ts';
import { statusOf } from '../memory/status.ts';
import type { Service } from '../service.ts';
import { VERSION } from '../version.ts';
import { completions } from './completions.ts';
import { helpText } from './help.ts';
import { manPage } from './man-page.ts';
import { namedModel } from './named-model.ts';
import type { AskWords } from './parse-args.ts';
import { modelsTable, statusTable } from './tables.ts';

/**
 * What `ask` prints where it does not ask a model; null when it is to ask one. `port`: where the client reaches this
 * proxy. Throws `UsageError` and `ApiError`.
 */
export async function runCommand(
  { parts }: Service,
  { flags }: AskWords,
  form: URLSearchParams,
  config: Config,
  port: string,
): Promise<string | null> {
  if (flags.has('help')) return helpText(config);
  const shell = flags.get('completions');
  if (shell !== undefined) return completions(shell, config);
  if (flags.has('man')) return manPage(config);
  if (flags.has('version')) return `toaster ${VERSION}\n`;
  const { memory, warmth, clock, codes, token } = parts;
  // The shim reads the token's file: only who may read it may change something.
  const admin = (): void =>
    requireToken(`Bearer ${form.get('token')?.trim() ?? ''}`, token.value, token.file);
  if (flags.has('open')) {
    admin();
    return `http://127.0.0.1:${port}/ui/#code=${codes.issue()}\n`;
  }
  const name = flags.get('warm') ?? flags.get('cool');
  if (name !== undefined) {
    admin();
    const model = namedModel(name, config);
    if (flags.has('warm')) {
      pinModel(memory, warmth, model, { pinned: true });
      return `${model} is pinned: it is loaded when there is room, and stays warm. ask --cool ${name} lets it go.\n`;
    }
    await coolModel(memory, warmth, model);
    return `${model} is cold.\n`;
  }
  if (!flags.has('status') && !flags.has('models')) return null;
  const status = await statusOf(memory, config, clock.wall());
  if (flags.has('json')) return jsonLine(flags.has('models') ? status.models : status);
  return flags.has('models') ? modelsTable(status) : statusTable(status);
}
