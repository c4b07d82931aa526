// A browser draws no element taller than some 17 million pixels. A longer list is scrolled on a shorter scale.
export const tallest = 15_000_000;

/** How many pixels of the list one pixel of scrolling stands for; 1 for a list that fits. */
export function scaleOf(whole: number, view: number): number {
  if (whole <= tallest) return 1;
  return (whole - view) / (tallest - view);
}
