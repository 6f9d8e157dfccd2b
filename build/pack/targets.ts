/** What an app can be packed for. */
export interface Target {
  platform: 'darwin' | 'linux';
  arch: 'arm64' | 'x64';
}

/** The package with llama.cpp's libraries for each target; a Mac with Apple's chips has Metal. */
export const ENGINES: Record<`${Target['platform']}-${Target['arch']}`, string> = {
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
};

export const enginePackage = ({ platform, arch }: Target): string => ENGINES[`${platform}-${arch}`];

/** The file of better-sqlite3 for a target. */
export const sqliteBinary = ({ platform, arch }: Target): string => `${platform}-${arch}.node`;
