import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Arch, build, Platform } from 'electron-builder';
import { bundle } from './bundle.ts';
import { builderConfig } from './pack/builder-config.ts';
import { enginePackageFolder } from './pack/engine-package.ts';
import { stage } from './pack/stage.ts';
import { enginePackage, type Target } from './pack/targets.ts';

export interface PackOptions {
  target: Target;
  /** Only the app, no dmg and no zip. */
  dirOnly: boolean;
  /** Below it: `stage` and `packed`. */
  out: string;
  electronDist?: string | undefined;
  electronVersion?: string | undefined;
  /** The folder of the package with llama.cpp's libraries; by default the installed one, or npm's. */
  engineFolder?: string | undefined;
  unsigned?: boolean;
}

const top = fileURLToPath(new URL('..', import.meta.url));

/** Packs the app out of dist/; the files that were made. Signing and notarizing are electron-builder's, from the environment. */
export async function pack(options: PackOptions): Promise<string[]> {
  const { target, dirOnly, out, electronDist } = options;
  const name = `${target.platform}-${target.arch}`;
  const folder = join(out, 'stage', name);
  const engineFolder =
    options.engineFolder ?? enginePackageFolder(enginePackage(target), top, join(out, 'engines'));
  await stage({ top, target, folder, engineFolder });
  const formats: ('dir' | 'dmg' | 'zip')[] = dirOnly ? ['dir'] : ['dmg', 'zip'];
  const platform = target.platform === 'darwin' ? Platform.MAC : Platform.LINUX;
  return build({
    projectDir: folder,
    targets: platform.createTarget(target.platform === 'darwin' ? formats : 'dir', Arch[target.arch]),
    config: builderConfig({
      top,
      target,
      output: join(out, 'packed', name),
      electronVersion: options.electronVersion ?? installedElectron(),
      electronDist,
      formats,
      unsigned: options.unsigned ?? false,
      env: process.env,
    }),
    publish: 'never',
  });
}

function installedElectron(): string {
  const manifest = JSON.parse(readFileSync(join(top, 'node_modules', 'electron', 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

/** `npm run pack -- [--arch arm64|x64] [--platform darwin|linux] [--dir] [--electron FOLDER --electron-version V]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string', default: process.platform },
      arch: { type: 'string', default: process.arch },
      dir: { type: 'boolean', default: false },
      out: { type: 'string', default: join(top, 'out') },
      electron: { type: 'string' },
      'electron-version': { type: 'string' },
      engine: { type: 'string' },
    },
  });
  const { platform, arch } = values;
  if ((platform !== 'darwin' && platform !== 'linux') || (arch !== 'arm64' && arch !== 'x64'))
    throw new Error('Toaster is packed for darwin or linux, on arm64 or x64.');
  await bundle();
  const files = await pack({
    target: { platform, arch },
    dirOnly: values.dir,
    out: values.out,
    electronDist: values.electron,
    electronVersion: values['electron-version'],
    engineFolder: values.engine,
  });
  console.log(files.length > 0 ? files.join('\n') : `Packed into ${join(values.out, 'packed')}`);
}

if (import.meta.main) await main();
