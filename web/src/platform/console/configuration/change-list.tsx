import { Trans } from "@lingui/react/macro";

import type { ConfigChange, ConfigItem } from "../types";
import { said } from "./values";

/** What was and what will be, one setting a line. */
export function ChangeList({ changes, items }: { changes: readonly ConfigChange[]; items: readonly ConfigItem[] }) {
  if (changes.length === 0) {
    return (
      <p className="text-16 text-muted">
        <Trans>Nothing changes.</Trans>
      </p>
    );
  }
  return (
    <dl className="text-12">
      {changes.map(({ name, before, after }) => {
        const item = items.find((each) => each.name === name);
        const unit = item?.unit ?? "";
        return (
          <div key={name} className="border-b border-line py-8 last:border-0">
            <dt className="text-muted">{item?.title ?? name}</dt>
            <dd className="flex flex-wrap gap-x-8">
              <del className="rounded-3 bg-bad-soft px-5 break-all text-bad">{said(before, unit)}</del>
              <span aria-hidden>→</span>
              <ins className="rounded-3 bg-ok-soft px-5 break-all text-ok no-underline">{said(after, unit)}</ins>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
