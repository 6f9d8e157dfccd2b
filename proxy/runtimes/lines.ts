/** Takes a text that comes in pieces apart into lines that end in LF, CR LF or CR; a mark of the byte order before it is none of it. */
export class Lines {
  /** What has come of the line that is not whole yet. Pieces, for a long line in many of them would be copied each time. */
  #pieces: string[] = [];
  #length = 0;
  /** The text before ended in CR: an LF that follows belongs to it. */
  #afterCr = false;
  #first = true;

  /** How many characters wait for the end of their line. */
  get rest(): number {
    return this.#length;
  }

  /** The lines that are whole with this piece. */
  add(given: string): string[] {
    let text = given;
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (this.#afterCr && text !== '') {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text === '') return [];
    this.#afterCr = text.endsWith('\r');
    const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = this.end() + (lines[0] ?? '');
    }
    if (rest !== '') this.#pieces.push(rest);
    this.#length += rest.length;
    return lines;
  }

  /** The line that nothing has ended. */
  end(): string {
    const line = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
