import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatDay, formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { CampaignSettings } from "../types";
import type { VerificationState, VerifiedSupplier } from "./verification-types";

const StateIdentity = lazy(() => import("./state-identity").then((file) => ({ default: file.StateIdentity })));
const path = "/supplier-verifications";
/** What waits stands first; the payments below stay in sight. */
const FIRST = 5;
const rank: Record<VerificationState, number> = { unverified: 0, expired: 1, refused: 2, verified: 3 };
const tones: Record<VerificationState, Tone> = { unverified: "waiting", verified: "ok", refused: "warn", expired: "waiting" };

function word(state: VerificationState): string {
  if (state === "verified") return t`Verified`;
  if (state === "refused") return t`Not accepted`;
  return state === "expired" ? t`Expired` : t`Not verified`;
}

/** Who suppliers are, where releases wait for it; nothing where the organisation does not ask. */
export function SupplierIdentities() {
  const settings = useQuery({
    queryKey: ["/campaign-settings"],
    queryFn: ({ signal }) => get<CampaignSettings>("/campaign-settings", { signal }),
  });
  return settings.data?.supplier_verification === true ? <Suppliers /> : null;
}

function Suppliers() {
  const [asked, setAsked] = useState<VerifiedSupplier | null>(null);
  const [all, setAll] = useState(false);
  const may = useCan()(...permissions.settle);
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<VerifiedSupplier[]>(path, { signal }),
  });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.length === 0) return null;
  const sorted = data.toSorted((one, other) => rank[one.state] - rank[other.state]);
  return (
    <Section
      title={<Trans>Who suppliers are</Trans>}
      hint={<Trans>Escrow is released to verified suppliers only. A release that waits goes on as soon as its supplier is.</Trans>}
    >
      <Sheet>
        <ul>
          {sorted.slice(0, all ? sorted.length : FIRST).map((each) => (
            <li
              key={each.supplier_id}
              {...(each.supplier_name === null ? {} : { "aria-label": each.supplier_name })}
              className="flex flex-wrap items-center gap-x-21 gap-y-5 border-b border-line px-13 py-8 text-12 last:border-0"
            >
              <Badge tone={tones[each.state]}>{word(each.state)}</Badge>
              <span className="min-w-0 flex-1 basis-[200px] [overflow-wrap:anywhere]">
                {each.supplier_name ?? <PersonName id={each.supplier_id} />}
                {each.basis !== null && <span className="label block">{each.basis}</span>}
                {each.stated_at !== null && (
                  <span className="label block">
                    <PersonName id={each.stated_by} /> · {formatShort(each.stated_at)}
                    {each.valid_until !== null && (
                      <>
                        {" "}
                        · <Trans>until {formatDay(each.valid_until)}</Trans>
                      </>
                    )}
                  </span>
                )}
              </span>
              {may && <Button onClick={() => setAsked(each)}>{each.state === "unverified" ? <Trans>Say who it is</Trans> : <Trans>Say it anew</Trans>}</Button>}
            </li>
          ))}
        </ul>
      </Sheet>
      {!all && data.length > FIRST && (
        <Button className="mt-8" onClick={() => setAll(true)}>
          <Trans>Show all {data.length} suppliers</Trans>
        </Button>
      )}
      <Suspense>{asked !== null && <StateIdentity supplier={asked} onClose={() => setAsked(null)} />}</Suspense>
    </Section>
  );
}
