import { mkdtempSync } from 'node:fs';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before each file: no test touches the person's files, and none leaves this machine. */

process.env.TOASTER_REAL_MODELS ??=
  process.env.ASK_MODEL_DIR ||
  join(
    process.env.ASK_DATA_DIR || join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'ask'),
    'models',
  );
process.env.ASK_DATA_DIR = mkdtempSync(join(tmpdir(), 'ask-data-'));
process.env.ASK_CONFIG = join(process.env.ASK_DATA_DIR, 'config.yaml');
for (const name of ['ASK_MODEL_DIR', 'ASK_PORT', 'ASK_URL', 'ASK_HOST', 'ASK_API_KEY'])
  delete process.env[name];

const HERE = ['127.0.0.1', 'localhost', '::1'];
const connect = net.Socket.prototype.connect;
function connectHere(this: net.Socket, ...args: unknown[]): net.Socket {
  const [options] = args.flat();
  const host =
    typeof options === 'object' && options !== null && 'host' in options ? options.host : undefined;
  if (host !== undefined && !HERE.includes(String(host)))
    throw new Error(`A test wanted to connect to ${host}; tests stay on this machine.`);
  return Reflect.apply(connect, this, args);
}
net.Socket.prototype.connect = connectHere;
