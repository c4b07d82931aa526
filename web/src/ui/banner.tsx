import { clsx } from "clsx";
import type { ReactNode } from "react";

interface BannerProps {
  tone: "info" | "warn" | "bad";
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}

const tones = { info: "bg-soft text-ink", warn: "bg-highlight text-on-highlight", bad: "bg-bad-soft text-bad" };

export function Banner({ tone, icon, children, action }: BannerProps) {
  return (
    <div
      role="status"
      className={clsx(
        "flex flex-wrap items-center gap-x-13 gap-y-3 px-13 py-5 text-12 md:px-21",
        tones[tone],
      )}
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {action}
    </div>
  );
}
