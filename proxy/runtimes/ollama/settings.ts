import { type Found, hint, ok, unknown, warn } from '../../doctor/finding.ts';
import type { OllamaServer } from './server-environment.ts';

/** A setting that could be better: what to say, and the value to give it. */
interface Advice {
  name: string;
  value: string;
  says: string;
  /** It is as everybody has it, and nobody suffers. */
  mild?: boolean;
}

const LARGE_CONTEXT = 32_768;

/**
 * What of a server's OLLAMA_* variables costs memory or patience, with the command that sets it otherwise. `cramped`: tiers
 * that would have room if contexts took half.
 */
export function judgeSettings(
  { environment }: OllamaServer,
  platform: NodeJS.Platform,
  cramped: readonly string[],
): Found[] {
  if (environment === null)
    return [
      unknown(
        'how its server is set up cannot be seen from here',
        platform === 'darwin'
          ? 'launchctl getenv OLLAMA_KV_CACHE_TYPE'
          : 'systemctl show ollama -p Environment',
      ),
    ];
  const advice = adviceOn(environment, cramped);
  if (advice.length === 0) return [ok('its settings spare memory')];
  const settings = advice.map(({ name, value }) => `${name}=${value}`);
  return advice.map(({ name, value, says, mild }) => {
    const tell = mild ? hint : warn;
    if (platform === 'darwin') return tell(says, onMac(name, value));
    if (environment.has('INVOCATION_ID')) return tell(says, inSystemd(name, value));
    return tell(says, `${settings.join(' ')} ollama serve  # in place of the one that runs`);
  });
}

/** `0`, `false` and nothing are what Go reads as false. */
const isOff = (value: string | undefined): boolean => /^(|0|f|false)$/i.test(value ?? '');

function adviceOn(environment: ReadonlyMap<string, string>, cramped: readonly string[]): Advice[] {
  const of = (name: string): string | undefined => environment.get(`OLLAMA_${name}`);
  const advice: Advice[] = [];
  const add = (name: string, value: string, says: string): void =>
    void advice.push({ name: `OLLAMA_${name}`, value, says });
  const parallel = Number(of('NUM_PARALLEL') || 1);
  const flash = of('FLASH_ATTENTION');
  const kv = of('KV_CACHE_TYPE') || 'f16';
  const context = Number(of('CONTEXT_LENGTH') || 0);
  if (parallel > 1)
    add('NUM_PARALLEL', '1', `${parallel} answers at a time: each model takes ${parallel} contexts' memory`);
  if (flash !== undefined && isOff(flash))
    add('FLASH_ATTENTION', '1', 'flash attention is off: contexts take more memory, and long ones more time');
  else if (kv !== 'f16' && flash === undefined)
    add(
      'FLASH_ATTENTION',
      '1',
      `the KV cache is ${kv} only where flash attention is on, and nobody turned it on`,
    );
  if (kv === 'f16') {
    const tiers = cramped.map((tier) => `--${tier}`).join(', ');
    const gain = tiers === '' ? '' : `, and ${tiers} would have room`;
    const says = `the KV cache is f16: q8_0 halves what contexts take${gain}`;
    advice.push({ name: 'OLLAMA_KV_CACHE_TYPE', value: 'q8_0', says, mild: tiers === '' });
  }
  if (context > LARGE_CONTEXT)
    add(
      'CONTEXT_LENGTH',
      '8192',
      `other programs get ${context} tokens of context each; Toaster sets its own`,
    );
  if (Number(of('MAX_LOADED_MODELS') || 0) === 1)
    add(
      'MAX_LOADED_MODELS',
      '3',
      'one model at a time: a question to another one waits for the answer to end',
    );
  if (/^-/.test(of('KEEP_ALIVE') ?? ''))
    add('KEEP_ALIVE', '5m', "other programs' models never leave memory; Toaster sets its own time");
  return advice;
}

const onMac = (name: string, value: string): string =>
  `launchctl setenv ${name} ${value} && osascript -e 'quit app "Ollama"' && sleep 2 && open -a Ollama`;

function inSystemd(name: string, value: string): string {
  const folder = '/etc/systemd/system/ollama.service.d';
  return [
    `sudo mkdir -p ${folder}`,
    `printf '[Service]\\nEnvironment=${name}=${value}\\n' | sudo tee ${folder}/${name.toLowerCase()}.conf`,
    'sudo systemctl daemon-reload',
    'sudo systemctl restart ollama',
  ].join(' && ');
}
