import { t } from "@lingui/core/macro";

/** How much of a guide was read, as a line and in words. */
export function Progress({ done, total }: { done: number; total: number }) {
  const share = total === 0 ? 0 : done / total;
  return (
    <span className="inline-flex items-center gap-8">
      <span aria-hidden className="block h-3 w-55 overflow-hidden rounded-full bg-line">
        <span className="block h-full rounded-full bg-ok" style={{ width: `${share * 100}%` }} />
      </span>
      {t`${done} of ${total} read`}
    </span>
  );
}
