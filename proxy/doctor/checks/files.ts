import { accessSync, constants, type Stats } from 'node:fs';
import { messageOf } from '../../errors.ts';
import type { Paths } from '../../paths.ts';
import { statOrNull } from '../../telemetry/rotate.ts';
import { type Found, ok, quoted, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

/** Whether the data folder can be written, and whether others of this machine could read what is in it. */
export const checkFiles: Check = async ({ paths }) => {
  const findings = [...folder(paths), ...files(paths)];
  return findings.length > 0 ? findings : [ok(`${paths.data} can be written, and is for you alone`)];
};

function folder({ data }: Paths): Found[] {
  const stats = statOrNull(data);
  if (stats === null) return [wrong(`${data} is gone`, `mkdir -m 700 ${quoted(data)}`)];
  const findings = isMine(stats) ? [] : [owner(data)];
  try {
    accessSync(data, constants.W_OK | constants.X_OK);
  } catch (error) {
    findings.push(wrong(`${data} cannot be written (${messageOf(error)})`, `chmod u+rwx ${quoted(data)}`));
  }
  if (stats.mode & 0o077) findings.push(warn(`others can look into ${data}`, `chmod 700 ${quoted(data)}`));
  return findings;
}

function files({ adminToken, apiKey, log, cache, state, history, stats }: Paths): Found[] {
  return [adminToken, apiKey, log, cache, state, history, stats].flatMap((file) => {
    const there = statOrNull(file);
    if (there === null) {
      // Made at the start: the token in force is not known to anybody any more.
      return file === adminToken ? [wrong(`${file} is gone`, 'npm start  # makes a new one')] : [];
    }
    if (!isMine(there)) return [owner(file)];
    const mend = `chmod 600 ${quoted(file)}`;
    if ((there.mode & 0o600) !== 0o600) return [wrong(`${file} cannot be read and written`, mend)];
    if ((there.mode & 0o077) === 0) return [];
    return [([adminToken, apiKey].includes(file) ? wrong : warn)(`others can read ${file}`, mend)];
  });
}

const isMine = ({ uid }: Stats): boolean => process.getuid === undefined || uid === process.getuid();
const owner = (path: string): Found =>
  wrong(`${path} is another user's`, `sudo chown "$USER" ${quoted(path)}`);
