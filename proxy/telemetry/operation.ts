import type { Receipt, TaskKind } from '../contract.ts';

const OPERATIONS: Record<TaskKind, string> = { embed: 'embeddings', complete: 'text_completion' };

/** What was asked, in the words of OpenTelemetry's conventions for generative AI (`gen_ai.operation.name`). */
export const operationOf = ({ task }: Receipt): string => (task === null ? 'chat' : OPERATIONS[task]);
