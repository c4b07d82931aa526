import { clsx } from "clsx";
import type { ReactNode } from "react";

interface BannerProps {
  tone: "info" | "warn";
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}

export function Banner({ tone, icon, children, action }: BannerProps) {
  return (
    <div
      role="status"
      className={clsx(
        "flex flex-wrap items-center gap-x-13 gap-y-3 px-13 py-5 text-12 md:px-21",
        tone === "info" ? "bg-soft text-ink" : "bg-highlight text-on-highlight",
      )}
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {action}
    </div>
  );
}
