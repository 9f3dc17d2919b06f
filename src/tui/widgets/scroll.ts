// Which of many lines are in sight: the first one, and whether the end is followed.

export class Scroll {
  #offset = 0;
  /** Whether new lines at the end stay in sight while the end is. */
  follows = false;
  #atEnd = true;

  /** The first line in sight, from 0. */
  get offset(): number {
    return this.#offset;
  }

  /** Moves by so many lines. */
  by(lines: number, total: number, visible: number): void {
    const last = Math.max(0, total - visible);
    this.#offset = Math.max(0, Math.min(last, this.clamp(total, visible) + lines));
    this.#atEnd = this.#offset === last;
  }

  /** Makes this the first line in sight, unless the end is followed. */
  moveTo(line: number): void {
    this.#offset = line;
  }

  /** Brings a line into sight. */
  reveal(index: number, visible: number): void {
    if (index < this.#offset) this.#offset = index;
    else if (index >= this.#offset + visible) this.#offset = index - visible + 1;
  }

  /** The first line in sight, after lines or the window have changed. */
  clamp(total: number, visible: number): number {
    const last = Math.max(0, total - visible);
    this.#offset = this.follows && this.#atEnd ? last : Math.min(this.#offset, last);
    return this.#offset;
  }
}
