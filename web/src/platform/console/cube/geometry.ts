import type { Place } from "@/ui/cube";

export const radius = 6.6;

/** How wide a line is drawn (of 100): each ten times the calls adds as much. */
export function weight(callsPerSecond: number): number {
  return 0.34 + Math.min(1.7, Math.log10(1 + 10 * callsPerSecond) * 0.55);
}

/**
 * A line from the rim of one circle to the rim of another, bent to its right: what goes the other
 * way stands beside it, and a line past the middle does not run through what stands there.
 */
export function bent(from: Place, to: Place): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const bend = length > 50 ? 13 : 3;
  const at = (x: number, y: number) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const middle = at((from.x + to.x) / 2 - uy * bend, (from.y + to.y) / 2 + ux * bend);
  const start = at(from.x + ux * radius - uy, from.y + uy * radius + ux);
  const end = at(to.x - ux * radius - uy, to.y - uy * radius + ux);
  return `M${start}Q${middle} ${end}`;
}
