import { clsx } from "clsx";

export interface Place {
  x: number;
  y: number;
}

const centre: Place = { x: 50, y: 50 };

function ring(radius: number): Place[] {
  return Array.from({ length: 6 }, (_, index) => {
    const angle = ((60 * index - 90) * Math.PI) / 180;
    return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
  });
}

/** Where the thirteen circles stand in a square of 100: the middle, six around it, six beyond. */
export const circles: readonly Place[] = [centre, ...ring(17), ...ring(34)];
const lines = circles.flatMap((from, index) => circles.slice(index + 1).map((to) => ({ from, to })));
export const path = lines
  .map(({ from, to }) => `M${from.x.toFixed(2)} ${from.y.toFixed(2)}L${to.x.toFixed(2)} ${to.y.toFixed(2)}`)
  .join("");

/** The line pattern of the cube: faint, on empty states and the sign-in page only. */
export function CubePattern({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden className={clsx("fill-none stroke-current", className)}>
      <path d={path} strokeWidth={0.13} />
      {circles.map(({ x, y }) => (
        <circle key={`${x.toFixed(2)}-${y.toFixed(2)}`} cx={x} cy={y} r={8.5} strokeWidth={0.21} />
      ))}
    </svg>
  );
}

/** The product's mark: the thirteen circles, gold as a fill on ink. */
export function Mark({ size = 21 }: { size?: number }) {
  return (
    <svg viewBox="0 0 100 100" width={size} height={size} aria-hidden className="shrink-0 rounded-3 bg-[#1f1f1f]">
      <path d={path} strokeWidth={0.8} className="fill-none stroke-[#ffd700] opacity-55" />
      {circles.map(({ x, y }) => (
        <circle key={`${x.toFixed(2)}-${y.toFixed(2)}`} cx={x} cy={y} r={6.5} className="fill-[#ffd700]" />
      ))}
    </svg>
  );
}
