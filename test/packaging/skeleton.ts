import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How @electron/fuses finds its bytes in Electron's framework: this text, a version, how many, and one for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron ships them: on, off, on, on, off, off, off, on. */
const FUSES = '10110001';

const plist = (name: string, id: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>CFBundleExecutable</key><string>${name}</string>
  <key>CFBundleIdentifier</key><string>${id}</string>
  <key>CFBundleName</key><string>${name}</string>
  <key>CFBundlePackageType</key><string>APPL</string>
</dict></plist>
`;

function program(file: string, text = '#!/bin/sh\n'): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, 'latin1');
  chmodSync(file, 0o755);
}

function bundle(folder: string, name: string, id: string): void {
  program(join(folder, 'Contents', 'MacOS', name));
  writeFileSync(join(folder, 'Contents', 'Info.plist'), plist(name, id));
}

/** An Electron for macOS as far as electron-builder looks at it: packing can be tested on any machine. */
export function writeElectronSkeleton(folder: string): void {
  const app = join(folder, 'Electron.app');
  bundle(app, 'Electron', 'com.github.Electron');
  const frameworks = join(app, 'Contents', 'Frameworks');
  for (const kind of ['', ' (GPU)', ' (Plugin)', ' (Renderer)'])
    bundle(
      join(frameworks, `Electron Helper${kind}.app`),
      `Electron Helper${kind}`,
      'com.github.Electron.helper',
    );
  program(
    join(frameworks, 'Electron Framework.framework', 'Electron Framework'),
    `machine code ${SENTINEL}\u0001${String.fromCharCode(FUSES.length)}${FUSES} machine code`,
  );
  mkdirSync(join(app, 'Contents', 'Resources'), { recursive: true });
  writeFileSync(join(app, 'Contents', 'Resources', 'electron.icns'), '');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version'])
    writeFileSync(join(folder, name), '45.4.1');
}

/** A stand-in for the package with llama.cpp's libraries of another machine. */
export function writeEngineStandIn(folder: string, name: string): void {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  mkdirSync(join(folder, 'bins', 'mac-arm64-metal'), { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './dist/index.js' }),
  );
  writeFileSync(join(folder, 'dist', 'index.js'), 'export const getBinsDir = () => ({});\n');
  writeFileSync(join(folder, 'bins', 'mac-arm64-metal', 'llama-addon.node'), 'native');
}
