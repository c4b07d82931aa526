import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";

import { get, post } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts, Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { SealStatus, VerifyReport } from "../types";
import { figure, word } from "../word";

/** How far one log is sealed, and whether its chain still fits when it is walked. */
export function SealSection({ tenantId }: { tenantId: string | undefined }) {
  const query = { tenant_id: tenantId };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/audit", "status", tenantId ?? "platform"],
    queryFn: ({ signal }) => get<SealStatus>("/admin/audit/status", { signal, query }),
    staleTime: 0,
  });
  return (
    <Section
      title={tenantId === undefined ? <Trans>Seals of the platform&rsquo;s own log</Trans> : <Trans>Seals</Trans>}
    >
      <Sheet className="px-13 py-5">
        {isPending ? (
          <RowsSkeleton rows={4} />
        ) : error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Facts
            dense
            facts={[
              [<Trans key="n">Entries sealed</Trans>, figure(data.sealed)],
              [<Trans key="l">Last sealed</Trans>, data.sealed_at === null ? "–" : formatShort(data.sealed_at)],
              [<Trans key="c">Signed up to number</Trans>, data.checkpoint_count === null ? "–" : figure(data.checkpoint_count)],
              [
                <Trans key="s">Last signed</Trans>,
                data.checkpoint_signed_at === null ? "–" : formatShort(data.checkpoint_signed_at),
              ],
              [<Trans key="h">Head</Trans>, data.head === null ? "–" : <CopyId key="head" value={data.head} />],
            ]}
          />
        )}
        <Verify key={tenantId ?? "platform"} query={query} />
      </Sheet>
    </Section>
  );
}

function Verify({ query }: { query: { tenant_id: string | undefined } }) {
  const walk = useMutation({ mutationFn: () => post<VerifyReport>("/admin/audit/verify", {}, { query }) });
  const report = walk.data;
  return (
    <div className="border-t border-line py-13">
      <div className="flex flex-wrap items-center gap-13">
        <Button icon={<ShieldCheck size={13} aria-hidden />} busy={walk.isPending} onClick={() => walk.mutate()}>
          {walk.isPending ? <Trans>Walking the chain…</Trans> : <Trans>Check the chain</Trans>}
        </Button>
        {report !== undefined && (
          <Badge tone={report.is_intact ? "ok" : "bad"}>{report.is_intact ? t`intact` : t`tampered with`}</Badge>
        )}
      </div>
      {walk.error !== null && <ErrorState error={walk.error} onRetry={() => walk.mutate()} />}
      {report !== undefined && (
        <div role="status" className="label mt-8">
          <Plural value={report.sealed} one="# sealed entry" other="# sealed entries" />,{" "}
          <Plural value={report.checkpoints} one="# signature" other="# signatures" />,{" "}
          <Plural value={report.unsealed} one="# entry waits for its seal" other="# entries wait for their seals" />.
          <ul className="mt-5">
            {report.findings.map((finding, index) => (
              <li key={index} className="text-bad">
                {word(finding.kind)} · {finding.sequence ?? "–"} · {finding.detail}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
