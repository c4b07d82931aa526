const day = /(\d{4}-\d{2}-\d{2})/;

/** A run's name; the days in it are never broken over two lines. */
export function RunName({ name }: { name: string }) {
  return name.split(day).map((part, index) =>
    // Every other part is what the pattern caught.
    index % 2 === 0 ? (
      part
    ) : (
      <span key={index} className="whitespace-nowrap">
        {part}
      </span>
    ),
  );
}
