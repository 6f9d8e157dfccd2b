import { build } from 'esbuild';
import { NODE_MAJOR, shared } from '../bundle.ts';

/**
 * The programs that do the least of what has to be done, bundled as Toaster is: to run them from their sources would have Node
 * load a compiler, whose memory would be taken for theirs.
 */
export async function bundleLeast(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['pipe', 'translator', 'least-start'].map((name) => `build/bench/${name}.ts`),
    outdir: 'dist/bench',
    outExtension: { '.js': '.cjs' },
    target: `node${NODE_MAJOR}`,
    format: 'cjs',
  });
}

/** Where one of them is then. */
export const leastProgram = (name: 'pipe' | 'translator' | 'least-start'): string => `dist/bench/${name}.cjs`;
