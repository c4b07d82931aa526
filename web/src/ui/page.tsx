import { clsx } from "clsx";
import type { ReactNode } from "react";

interface PageHeadProps {
  title: ReactNode;
  above?: ReactNode;
  beside?: ReactNode;
  below?: ReactNode;
  actions?: ReactNode;
}

/** Title and state on top, what may be done now at the right. */
export function PageHead({ title, above, beside, below, actions }: PageHeadProps) {
  return (
    <header className="mb-21 flex flex-wrap items-start justify-between gap-x-21 gap-y-13">
      <div className="min-w-0">
        {above !== undefined && <div className="label mb-3 flex flex-wrap items-center gap-8">{above}</div>}
        <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
          <h1 className="min-w-0 text-26 font-semibold break-words">{title}</h1>
          {beside}
        </div>
        {below !== undefined && <div className="mt-3 max-w-618 text-16 text-pretty text-muted">{below}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-8">{actions}</div>}
    </header>
  );
}

/** Main and side at 1 : 0.618 on wide screens, one column on a phone. */
export function MainAndSide({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className="grid gap-34 md:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)]">
      <div className="min-w-0">{main}</div>
      <aside className="min-w-0">{side}</aside>
    </div>
  );
}

interface SectionProps {
  title?: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  /** Its title stands level with that of a section beside it, which has actions. */
  level?: boolean;
  className?: string;
  children: ReactNode;
}

export function Section({ title, hint, actions, level = false, className, children }: SectionProps) {
  return (
    <section className={clsx("mb-34 last:mb-0", className)}>
      {(title !== undefined || actions !== undefined) && (
        <div className={clsx("mb-8 flex items-center justify-between gap-13", level && "min-h-34")}>
          <h2 className="text-12 font-semibold">{title}</h2>
          {actions}
        </div>
      )}
      {hint !== undefined && <p className="label mb-13 max-w-618">{hint}</p>}
      {children}
    </section>
  );
}

/** One sheet of paper on the ground: the only box there is. */
export function Sheet({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={clsx("rounded-8 border border-line bg-paper", className)}>{children}</div>;
}

interface FactsProps {
  facts: readonly (readonly [ReactNode, ReactNode])[];
  /** For an operator's record beside other things; a member reads at full size. */
  dense?: boolean;
}

export function Facts({ facts, dense = false }: FactsProps) {
  return (
    <dl className={dense ? "text-12" : "text-16"}>
      {facts.map(([name, value], index) => (
        <div key={index} className="flex items-baseline justify-between gap-21 border-b border-line py-8 last:border-0">
          <dt className="shrink-0 text-muted">{name}</dt>
          <dd className="min-w-0 text-right break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
