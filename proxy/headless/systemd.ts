import { join } from 'node:path';
import {
  MARK,
  NODE_FLAGS,
  OPEN_FILES,
  type ServiceParts,
  type ServicePlan,
  STOP_S,
  type Step,
} from './service-plan.ts';

const NAME = 'toaster.service';

/** Linux: a unit of the person's own systemd. The options are those of systemd.service(5) and systemd.exec(5). */
export function systemdPlan(parts: ServiceParts): ServicePlan {
  const { home, env } = parts;
  return {
    file: join(env.XDG_CONFIG_HOME || join(home, '.config'), 'systemd', 'user', NAME),
    text: unitText(parts),
    secretsFile: parts.secretsFile,
    folders: [],
    changed: steps(['daemon-reload'], ['enable', NAME], ['restart', NAME]),
    unchanged: steps(['enable', '--now', NAME]),
    stop: steps(['disable', '--now', NAME]).map((step) => ({ ...step, mayFail: true })),
    removed: steps(['daemon-reload']),
    logs: 'journalctl --user -u toaster',
    whenItFails:
      'A login by su or sudo has no systemd of its own: log in as this user over ssh or at the screen. A container has none at all; run toaster itself there.',
  };
}

const steps = (...words: string[][]): Step[] =>
  words.map((rest) => ({ command: ['systemctl', '--user', ...rest] }));

function unitText({ node, program, env, secretsFile, managerVersion }: ServiceParts): string {
  const command = [node, ...NODE_FLAGS, program];
  return `# ${MARK}
# For changes of your own: systemctl --user edit toaster
[Unit]
Description=Toaster, local models behind one port
Documentation=man:toaster(1)
# A port that is taken, by the app perhaps, is free one day: it is tried again without an end.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command.map((word, i) => quoted(i === 0 ? word : word.replaceAll('$', '$$$$'))).join(' ')}
${Object.entries(env)
  .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`)
  .join('\n')}
# Secrets, as NAME=value in a file that is yours alone (chmod 600).
EnvironmentFile=-${secretsFile.replaceAll('%', '%%')}
Restart=on-failure
RestartSec=5
${managerVersion >= 254 ? 'RestartSteps=5\nRestartMaxDelaySec=120\n' : ''}# Answers under way have 15 s; the engine's processes are ended by their parent, not before it.
TimeoutStopSec=${STOP_S}
KillMode=mixed
# An engine that the kernel kills for its memory is a failed link of a chain, not the end of the service. There is no limit
# of memory here: Toaster plans it, and a limit would count the weights' pages.
OOMPolicy=continue
LimitNOFILE=${OPEN_FILES}
TasksMax=1024
UMask=0077
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# No ProtectSystem and its like: in a unit of a person they need user namespaces, and where these are forbidden, as on many
# servers, the unit would not start. What belongs to root is out of reach all the same.

[Install]
WantedBy=default.target
`;
}

/** One word of a unit file: quotes and backslashes as in C, and no specifier. */
function quoted(word: string): string {
  const escaped = word.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('%', '%%');
  return `"${escaped}"`;
}
