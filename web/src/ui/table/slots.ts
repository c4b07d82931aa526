import { defaultRangeExtractor, type Range } from "@tanstack/react-virtual";

/** The rows in sight and about it, and the one that the keys act on, wherever it is: it keeps the focus. */
export function withActive(range: Range, active: number): number[] {
  const near = defaultRangeExtractor(range);
  if (active >= range.count || near.includes(active)) return near;
  return active < (near[0] ?? 0) ? [active, ...near] : [...near, active];
}

/**
 * Which element each row is drawn in. A row keeps its element; one that has scrolled away hands its own to one
 * that comes: writing new texts into it costs a fraction of making it.
 */
export class Slots {
  readonly #held = new Map<number, number>();

  /** Give each of these rows its element's number, the same as the last time where it was there. */
  assign(indices: readonly number[]): Map<number, number> {
    const wanted = new Set(indices);
    const free: number[] = [];
    for (const [index, slot] of this.#held) {
      if (wanted.has(index)) continue;
      this.#held.delete(index);
      free.push(slot);
    }
    let fresh = Math.max(-1, ...this.#held.values(), ...free);
    for (const index of indices) {
      if (!this.#held.has(index)) this.#held.set(index, free.pop() ?? (fresh += 1));
    }
    return new Map(this.#held);
  }
}
