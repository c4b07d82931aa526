import { t } from "@lingui/core/macro";
import { clsx } from "clsx";

import type { DiffLine } from "./line-diff";

const looks = {
  same: { sign: " ", look: "text-muted" },
  add: { sign: "+", look: "bg-ok-soft text-ok" },
  remove: { sign: "−", look: "bg-bad-soft text-bad" },
};

/** Lines that came, went and stayed; each says so by a sign, not by its colour alone. */
export function DiffView({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <div
      role="group"
      tabIndex={0}
      aria-label={t`Changed lines`}
      className="max-h-[55dvh] overflow-auto rounded-8 border border-line bg-paper py-5 font-mono text-12"
    >
      <ol className="w-max min-w-full">
        {lines.map((line, index) => (
          <li key={index} className={clsx("flex whitespace-pre", looks[line.op].look)}>
            <span aria-hidden className="w-21 shrink-0 text-center select-none">
              {looks[line.op].sign}
            </span>
            <span className="sr-only">{line.op === "add" ? t`added:` : line.op === "remove" ? t`removed:` : ""}</span>
            <span className="pr-13">{line.text === "" ? " " : line.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
