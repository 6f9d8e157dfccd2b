// Runs under whatever Node there is, hence old syntax: better-sqlite3 crashes one that is too old, without a word.
const NEEDED = 24;

if (parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    [
      `toaster: this is Node ${process.versions.node} (${process.execPath}), and Toaster needs Node ${NEEDED} or later.`,
      `Get one: npm install -g node@${NEEDED}, or nvm install ${NEEDED}, or brew install node, or https://nodejs.org/en/download`,
      'Where it is not the first on PATH, name it: TOASTER_NODE=/path/to/node toaster',
    ].join('\n'),
  );
  process.exitCode = 1;
} else start();

function start() {
  const { existsSync } = require('node:fs');
  const { join } = require('node:path');
  const dist = join(__dirname, '..', 'dist');
  if (existsSync(join(dist, 'main.js')))
    require(join(dist, process.argv.length > 2 ? 'command.js' : 'main.js'));
  else {
    console.error(`toaster: there is no program in ${dist} yet; make it with: npm run bundle`);
    process.exitCode = 1;
  }
}
