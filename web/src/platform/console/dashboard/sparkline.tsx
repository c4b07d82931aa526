const width = 144;
const height = 34;

/** A path through the known values, drawn to their own range; gaps stay gaps. */
function line(values: readonly (number | null)[]): string | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const least = Math.min(...known);
  const span = Math.max(...known) - least || 1;
  const step = width / (values.length - 1);
  const points: string[] = [];
  let broken = true;
  values.forEach((value, index) => {
    if (value !== null) {
      const x = (index * step).toFixed(1);
      const y = (height - 3 - ((value - least) / span) * (height - 5)).toFixed(1);
      points.push(`${broken ? "M" : "L"}${x} ${y}`);
    }
    broken = value === null;
  });
  return points.join("");
}

/** The last minutes of one figure as a line. It says nothing that the number does not. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const path = line(values);
  if (path === null) return null;
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      className="mt-5 h-34 w-full text-line-strong"
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
