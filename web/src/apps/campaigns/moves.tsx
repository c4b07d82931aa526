import { Trans } from "@lingui/react/macro";
import { ArrowDownToLine, ArrowRight, ArrowUpFromLine, Lock, type LucideIcon } from "lucide-react";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";

import type { Move } from "./member/commitment-types";

const icons: Record<string, LucideIcon> = {
  hold: Lock,
  escrow: Lock,
  capture: ArrowDownToLine,
  capture_confirmed: Lock,
  made: Lock,
  released: ArrowRight,
  release: ArrowRight,
  refund: ArrowUpFromLine,
  part: ArrowUpFromLine,
  issue: Lock,
  dispute: Lock,
};

/** The plain story of the money: each move with its amount, why, where to, and what set it off. */
export function Moves({ moves, currency }: { moves: readonly Move[]; currency: string }) {
  if (moves.length === 0) {
    return (
      <p className="text-16 text-muted">
        <Trans>No money has moved yet.</Trans>
      </p>
    );
  }
  return (
    <ol className="flex flex-col">
      {moves.map((move, index) => {
        const Icon = icons[move.kind] ?? icons[move.kind.split("_")[0] ?? ""] ?? ArrowRight;
        return (
          <li key={`${move.at}-${index}`} className="group relative flex gap-13 pb-21 last:pb-0">
            <span
              aria-hidden
              className="absolute top-34 bottom-0 left-[16px] w-1 bg-line group-last:hidden"
            />
            <span
              aria-hidden
              className="flex size-34 shrink-0 items-center justify-center rounded-full border border-line bg-paper text-muted"
            >
              <Icon size={16} strokeWidth={1.6} />
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-baseline justify-between gap-x-13 text-16">
                <span className="min-w-0 flex-1 basis-[200px] font-medium break-words">{move.where_to}</span>
                <span className="shrink-0 font-medium">{formatMoney(move.amount_minor, currency)}</span>
              </p>
              <p className="text-16 text-pretty text-muted">{move.why}</p>
              <p className="label">
                <time dateTime={move.at}>{formatInstant(move.at)}</time> · {move.trigger}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
