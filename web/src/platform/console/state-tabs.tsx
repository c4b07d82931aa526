import { clsx } from "clsx";

interface StateTabsProps {
  label: string;
  value: string | undefined;
  choices: readonly (readonly [string | undefined, string])[];
  onChange: (value: string | undefined) => void;
}

/** A list's states as tabs over it; the chosen one stands in the address. */
export function StateTabs({ label, value, choices, onChange }: StateTabsProps) {
  return (
    <nav aria-label={label} className="mb-13 flex gap-21 overflow-x-auto overflow-y-hidden border-b border-line">
      {choices.map(([choice, words]) => (
        <button
          key={words}
          type="button"
          aria-current={choice === value ? "page" : undefined}
          onClick={() => onChange(choice)}
          className={clsx(
            "-mb-1 h-44 shrink-0 border-b-2 text-12 font-medium",
            choice === value ? "border-ink text-ink" : "border-transparent text-muted hover:text-ink",
          )}
        >
          {words}
        </button>
      ))}
    </nav>
  );
}
