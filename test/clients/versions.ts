/** What `npm run test:clients` installs, each client into a folder of its own: from npm, or into a Python venv. */
export const CLIENTS = {
  'openai-js': { npm: ['openai@7.57.0'] },
  'langchain-js': { npm: ['@langchain/openai@1.6.0', '@langchain/core@1.4.0'] },
  'vercel-ai-sdk': { npm: ['ai@7.0.173', '@ai-sdk/openai-compatible@3.0.92'] },
  opencode: { npm: ['opencode-ai@1.18.33'] },
  'claude-code': { npm: ['@anthropic-ai/claude-code@2.1.332'] },
  codex: { npm: ['@openai/codex@0.169.0'] },
  continue: { npm: ['@continuedev/cli@1.5.47'] },
  'openai-python': { pip: ['openai==3.57.0'] },
  'langchain-python': { pip: ['langchain-openai==1.7.4'] },
  llm: { pip: ['llm==0.36'] },
} as const satisfies Record<string, { npm: readonly string[] } | { pip: readonly string[] }>;

export type Client = keyof typeof CLIENTS;
