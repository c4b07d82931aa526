import { t } from "@lingui/core/macro";
import { clsx } from "clsx";
import type { ReactNode } from "react";

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx("late-in rounded-5 bg-sunken", className)} />;
}

export function Loading({ children }: { children: ReactNode }) {
  return (
    <div role="status" aria-label={t`Loading`}>
      {children}
    </div>
  );
}

export function RowsSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <Loading>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-34 items-center gap-21 border-b border-line px-13">
          <Skeleton className="h-13 w-1/4" />
          <Skeleton className="h-13 w-89" />
          <Skeleton className="ml-auto h-13 w-144" />
        </div>
      ))}
    </Loading>
  );
}

export function PageSkeleton() {
  return (
    <Loading>
      <div className="flex flex-col gap-21">
        <Skeleton className="h-34 w-1/2" />
        <Skeleton className="h-13 w-1/3" />
        <Skeleton className="h-144 w-full" />
      </div>
    </Loading>
  );
}
