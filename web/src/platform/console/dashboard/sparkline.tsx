const width = 144;
const height = 34;

/** The last minutes of one figure as a line; gaps stay gaps. It says nothing the number does not. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <div aria-hidden className="h-34" />;
  const least = Math.min(...known);
  const most = Math.max(...known);
  const span = most - least === 0 ? 1 : most - least;
  const step = width / Math.max(values.length - 1, 1);
  let pen = "M";
  const path = values
    .map((value, index) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const point = `${pen}${(index * step).toFixed(1)} ${(height - 3 - ((value - least) / span) * (height - 5)).toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      className="h-34 w-full text-line-strong"
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
