/** Says that a model's weights were not made for embeddings, and which are. */
export const noEmbeddings = (model: string): string =>
  `${model} makes no embeddings: its weights were not made for that. Ask one whose weights were, such as the built-in \`embed\` (get it with \`ask --pull embed\`).`;

/** Says that a model has no way to be told of a suffix, and which have. */
export const noInfill = (model: string): string =>
  `${model} cannot fill in before a \`suffix\`: it was not made to be told of one. Ask a model that was, such as one on qwen2.5-coder, or leave \`suffix\` out.`;
