import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";

import { changeText, direction } from "./figure-text";
import type { Change } from "./types";

/** How much more or less, with an arrow; whether that is good, the reader knows. */
export function ChangeSign({ change }: { change: Change }) {
  const way = direction(change);
  const Icon = way === "up" ? ArrowUpRight : way === "down" ? ArrowDownRight : ArrowRight;
  return (
    <span className="inline-flex items-center gap-2 font-medium whitespace-nowrap">
      {way !== null && <Icon size={13} aria-hidden />}
      {changeText(change)}
    </span>
  );
}
