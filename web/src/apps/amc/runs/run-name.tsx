const whole = /(\d{4}-\d{2}-\d{2}(?: -)?|\S+ -(?= ))/;

/** A run's name; a line ends neither within a day nor before a hyphen. */
export function RunName({ name }: { name: string }) {
  return name.split(whole).map((part, index) =>
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
