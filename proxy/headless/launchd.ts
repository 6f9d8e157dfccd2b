import { join } from 'node:path';
import { MARK, NODE_FLAGS, OPEN_FILES, type ServiceParts, type ServicePlan, STOP_S } from './service-plan.ts';

const LABEL = 'dev.toaster.proxy';
/** Least seconds from one start to the next. */
const THROTTLE_S = 10;

/** macOS: an agent of the person's own launchd. The keys are those of launchd.plist(5). */
export function launchdPlan(parts: ServiceParts): ServicePlan {
  const { home, uid } = parts;
  const domain = `gui/${uid}`;
  const target = `${domain}/${LABEL}`;
  const file = join(home, 'Library', 'LaunchAgents', `${LABEL}.plist`);
  const logFolder = join(home, 'Library', 'Logs', 'Toaster');
  const log = join(logFolder, 'toaster.log');
  const bootout = { command: ['launchctl', 'bootout', target], mayFail: true };
  const bootstrap = ['launchctl', 'bootstrap', domain, file];
  return {
    file,
    text: plistText(parts, log),
    secretsFile: null,
    folders: [logFolder],
    changed: [
      bootout,
      // Whoever switched it off by hand once, wants it now.
      { command: ['launchctl', 'enable', target] },
      // Bootout comes back while answers under way still end, and until then nothing can take the place.
      { command: bootstrap, retryMs: (STOP_S + 5) * 1000 },
    ],
    // Loaded already, it says so; it is started only where it does not run.
    unchanged: [{ command: bootstrap, mayFail: true }, { command: ['launchctl', 'kickstart', target] }],
    stop: [bootout],
    removed: [],
    logs: `tail -f ${log}`,
    whenItFails: 'An agent runs in a session at the screen: log in there once, then install it again.',
  };
}

function plistText({ node, program, env }: ServiceParts, log: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARK} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${[node, ...NODE_FLAGS, program].map((word) => `    <string>${escaped(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(env)
  .map(([name, value]) => `    <key>${escaped(name)}</key>\n    <string>${escaped(value)}</string>`)
  .join('\n')}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>${THROTTLE_S}</integer>
  <key>ExitTimeOut</key>
  <integer>${STOP_S}</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>SoftResourceLimits</key>
  <dict>
    <key>NumberOfFiles</key>
    <integer>${OPEN_FILES}</integer>
  </dict>
  <key>Umask</key>
  <integer>${0o077}</integer>
  <key>StandardOutPath</key>
  <string>${escaped(log)}</string>
  <key>StandardErrorPath</key>
  <string>${escaped(log)}</string>
</dict>
</plist>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
