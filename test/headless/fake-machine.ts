import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine, Ran } from '../../proxy/headless/machine.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** A machine with a real home folder, and a manager of services that only notes what it is told. */
export interface FakeMachine extends Machine {
  /** Each command, as one line. */
  told: string[];
  said: string[];
  complained: string[];
}

/** `answer` decides what a command comes to; null: it went well. */
export function fakeMachine(
  platform: NodeJS.Platform,
  env: Record<string, string> = {},
  answer: (command: string) => Ran | null = () => null,
): FakeMachine {
  const home = join(tempFolder(), 'home');
  mkdirSync(home);
  const told: string[] = [];
  let pid = 100;
  const said: string[] = [];
  const complained: string[] = [];
  return {
    platform,
    home,
    uid: 501,
    user: 'nobody-that-lingers',
    env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), ...env },
    node: '/opt/node 24/bin/node',
    program: '/srv/100% of $HOME/toaster/cli/start.cjs',
    told,
    said,
    complained,
    async run(command) {
      const line = command.join(' ');
      told.push(line);
      return (
        answer(line) ?? { code: 0, output: line === 'systemctl --version' ? 'systemd 252 (252.39-1)' : '' }
      );
    },
    // Another process each time: the service was started anew.
    toasterOn: async () => (pid += 1),
    wait: async () => undefined,
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
  };
}
