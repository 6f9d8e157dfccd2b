import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import type { Target } from './targets.ts';

export interface BuilderParts {
  top: string;
  target: Target;
  /** Where the packed app goes. */
  output: string;
  electronVersion: string;
  /** A folder with Electron; by default it is downloaded. */
  electronDist?: string | undefined;
  /** Formats to make of the app; `dir` is the app alone. */
  formats: ('dir' | 'dmg' | 'zip')[];
  /** Not signed, not even for this machine alone. */
  unsigned: boolean;
  env: NodeJS.ProcessEnv;
}

/** What electron-builder is told. */
export function builderConfig(parts: BuilderParts): Configuration {
  const { top, target, output, electronVersion, electronDist, formats, unsigned, env } = parts;
  const dist = join(top, 'dist');
  const entitlements = join(top, 'build', 'pack', 'entitlements.mac.plist');
  return {
    appId: 'dev.toaster.app',
    productName: 'Toaster',
    copyright: 'MIT licensed',
    electronVersion,
    ...(electronDist !== undefined && { electronDist }),
    directories: { output, buildResources: join(top, 'build') },
    // The packages were chosen by the staging; electron-builder would take all or none.
    files: ['**/*', { from: 'node_modules', to: 'node_modules', filter: ['**/*'] }],
    // Better-sqlite3 and llama.cpp come with binaries for every Electron.
    npmRebuild: false,
    nodeGypRebuild: false,
    asar: true,
    // The engine is a process of its own, and imports what it needs from beside it.
    asarUnpack: ['package.json', 'dist/llamacpp-child.js', 'node_modules/**'],
    extraResources: [{ from: join(top, 'cli', 'ask'), to: 'ask' }],
    electronFuses: {
      // Neither the shim nor the engine runs the app as Node.
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: target.platform === 'darwin',
      onlyLoadAppFromAsar: true,
      // The page comes over http; older Electrons have no such fuse.
      ...(Number.parseInt(electronVersion, 10) >= 29 && { grantFileProtocolExtraPrivileges: false }),
    },
    mac: {
      target: formats.map((format) => ({ target: format, arch: [target.arch] })),
      // With the chip in it, for which the updater and the cask look.
      artifactName: `Toaster-\${version}-${target.arch}.\${ext}`,
      category: 'public.app-category.developer-tools',
      icon: join(dist, 'icons', 'icon.icns'),
      minimumSystemVersion: '12.0',
      // No place in the Dock.
      extendInfo: { LSUIElement: true },
      ...(unsigned && { identity: null }),
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements,
      entitlementsInherit: entitlements,
      // With an Apple account in the environment; electron-builder reads its other variables itself.
      notarize: Boolean(env.APPLE_ID || env.APPLE_API_KEY || env.APPLE_KEYCHAIN_PROFILE),
    },
    dmg: { writeUpdateInfo: false },
    linux: {
      target: 'dir',
      icon: join(dist, 'icons', 'icon.png'),
      category: 'Development',
      executableName: 'toaster',
    },
    publish: updateFeed(env.TOASTER_UPDATE_URL),
  };
}

/** Where the app will look for updates. Throws when somebody on the way could change what it reads there. */
function updateFeed(url: string | undefined): { provider: 'generic'; url: string } | null {
  if (!url) return null;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && hostname !== '127.0.0.1')
    throw new Error(`TOASTER_UPDATE_URL=${url}: updates are fetched over https only`);
  return { provider: 'generic', url };
}
