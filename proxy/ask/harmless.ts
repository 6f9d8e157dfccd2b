/** Controls that a terminal acts on: C0 but tab and newline, DEL, and C1 (which holds an 8-bit CSI). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Makes text safe for a terminal: control characters become visible (ESC as ␛), so that an answer can neither move
 * the cursor nor set the title nor write to the clipboard. Carriage returns, which hide what stands before, vanish.
 */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    if (control === '\r') return '';
    if (code === 0x7f) return '\u2421';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\x${code.toString(16)}`;
  });
}
