import { t } from "@lingui/core/macro";

/** A draft may have no title yet. */
export function titleOf({ title }: { title: string | null }): string {
  return title ?? t`Untitled campaign`;
}
