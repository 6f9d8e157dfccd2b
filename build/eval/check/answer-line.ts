/** "Answer:" with whatever marks and number stand before it, at the beginning of a line. */
const ANSWER = /^[\s>#*_`~"'([-]*(?:\d+[.)][\s*_]*)?(?:the\s+)?(?:final\s+)?answer[\s*_`"']*:(.*)$/i;

/** What stands on the last line that begins with "Answer:", without marks of Markdown and TeX; null without such a line. */
export function answerLine(text: string): string | null {
  const lines = text.normalize('NFKC').split(/\r?\n/);
  const at = lines.findLastIndex((line) => ANSWER.test(line));
  if (at < 0) return null;
  const own = plain(ANSWER.exec(lines[at] ?? '')?.[1] ?? '');
  // Some begin a new line after the colon.
  return own !== '' ? own : plain(lines.slice(at + 1).find((line) => plain(line) !== '') ?? '');
}

/** Without the marks of Markdown and TeX, and without quotes and stops at the ends. */
function plain(text: string): string {
  const bare = text
    .replace(/\\(?:boxed|text|textbf|mathrm|mathbf)\b/g, '')
    .replace(/\\[,;!\s]/g, ' ')
    .replace(/\\[()[\]]|[*`{}]/g, '')
    .replace(/\\([$%&#_])/g, '$1')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019]/g, "'");
  return bare.replace(/^[\s"'_~“”„«»:]+|[\s"'_~“”«».,;!]+$/g, '');
}
