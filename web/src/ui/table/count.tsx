import { t } from "@lingui/core/macro";

import { writeCount } from "@/kernel/list";

interface CountProps {
  count: { value: number; capped: boolean } | null;
  exact: { value: number; capped: boolean } | null;
  busy: boolean;
  onExact: () => void;
  /** "1,204 campaigns": the number comes written, and as itself for the plural. */
  words: (written: string, value: number) => string;
}

/** How many rows match: capped until somebody presses it, then exact. */
export function Count({ count, exact, busy, onExact, words }: CountProps) {
  const shown = exact ?? count;
  if (shown === null) return null;
  const said = words(writeCount(shown), shown.value);
  if (!shown.capped) return <span className="label mr-8">{said}</span>;
  return (
    <button
      type="button"
      aria-busy={busy}
      title={t`Count them exactly`}
      onClick={onExact}
      className="label mr-8 inline-flex h-34 items-center underline decoration-dotted underline-offset-2 hover:text-ink"
    >
      {said}
    </button>
  );
}
