import type { Group } from '../group.ts';
import { answers } from './answers.ts';
import { ask } from './ask.ts';
import { changing } from './changing.ts';
import { dialects } from './dialects.ts';
import { itself } from './itself.ts';
import { ollama } from './ollama.ts';
import { watching } from './watching.ts';

/** Everything that is served, in the order of the reference. A new route belongs into one of these, or into one of its own. */
export const GROUPS: readonly Group[] = [answers, dialects, ollama, watching, changing, ask, itself];
