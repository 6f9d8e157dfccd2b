import { dirname, resolve } from 'node:path';

/** What a service is to be like the shell that installs it in: where its files are, and what it does. */
const CARRIED = /^(?:ASK_\w+|XDG_(?:CONFIG|DATA)_HOME|OTEL_\w+|NODE_EXTRA_CA_CERTS)$/;
/** Secrets (a service's file and its state are shown freely), and what concerns the shim or `npm start` alone. */
const LEFT = /^(?:ASK_API_KEY|ASK_URL|ASK_HEADLESS|OTEL_\w*HEADERS)$/;
const PATHS = /^(?:ASK_(?:CONFIG|DATA_DIR|MODEL_DIR)|XDG_\w+|NODE_EXTRA_CA_CERTS)$/;

/** Where a Mac and a Linux keep the programs that Toaster looks at the machine with. */
const USUAL = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The environment of a service: what is set now, with paths made absolute, and a PATH that has node. */
export function serviceEnv(env: NodeJS.ProcessEnv, node: string): Record<string, string> {
  const carried = Object.entries(env)
    .filter(([name, value]) => value && CARRIED.test(name) && !LEFT.test(name))
    .map(([name, value = '']): [string, string] => [name, PATHS.test(name) ? resolve(value) : value]);
  const folders = [...new Set([dirname(node), ...USUAL])].join(':');
  return Object.fromEntries([...carried.sort(([a], [b]) => (a < b ? -1 : 1)), ['PATH', folders]]);
}
