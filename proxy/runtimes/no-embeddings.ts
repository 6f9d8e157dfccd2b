/** Says that a model's weights were not made for embeddings, and which are. */
export const noEmbeddings = (model: string): string =>
  `${model} makes no embeddings: its weights were not made for that. Ask one whose weights were, such as the built-in \`embed\` (get it with \`ask --pull embed\`).`;
