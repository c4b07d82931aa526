import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import type { SealStatus } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { CopyId } from "@/ui/copy-id";

/** How far the log is sealed, and up to where a signature stands for it. */
export function SealLine() {
  const { data } = useQuery({
    queryKey: ["/audit/status"],
    queryFn: ({ signal }) => get<SealStatus>("/audit/status", { signal }),
    staleTime: 0,
  });
  if (data === undefined) return <p className="label mb-13 h-21" />;
  const signed = (data.checkpoint_count ?? 0).toLocaleString("en-GB");
  const at = data.checkpoint_signed_at === null ? null : formatInstant(data.checkpoint_signed_at);
  return (
    <div className="label mb-13 flex flex-wrap items-center gap-x-13 gap-y-5">
      {data.sealed === 0 ? (
        <Badge tone="waiting">
          <Trans>Nothing sealed yet</Trans>
        </Badge>
      ) : (
        <Badge tone="ok">
          <Plural value={data.sealed} one="# entry sealed" other="# entries sealed" />
        </Badge>
      )}
      {at === null ? (
        <span>
          <Trans>No checkpoint is signed yet: one follows within a minute.</Trans>
        </span>
      ) : (
        <span>
          <Trans>
            The first {signed} are signed for, {at}.
          </Trans>
        </span>
      )}
      {data.head !== null && (
        <span className="inline-flex items-center gap-5">
          <Trans>Head</Trans> <CopyId value={data.head} />
        </span>
      )}
    </div>
  );
}
