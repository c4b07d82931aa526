import { t } from "@lingui/core/macro";

/** Why a schedule rests, in words; what people wrote stands as it is. */
export function pauseText(reason: string): string {
  const words: Record<string, string> = {
    too_many_failures: t`Its last runs failed.`,
    dry_run_failed: t`The dry run of its query failed, so it has not fired. The newest run of the workflow tells why: mend the query, then resume it.`,
    connection_ended: t`Its connection to Amazon has ended.`,
    maker_gone: t`Whoever made it has left or may not run queries on this client any more.`,
  };
  return words[reason] ?? reason;
}
