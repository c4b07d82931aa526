import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Facts, Section, Sheet } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { Manifest } from "../supplier/manifest";
import type { Campaign } from "../types";

interface ManifestAnswer {
  reference: string;
  strategy: string;
  columns: string[];
  units: number;
  rows: Record<string, string | number | null>[];
}

const ended = new Set(["completed", "failed", "cancelled", "unwound"]);
const shown = 50;

/** Where the units go: the place or the members, and the manifest once everybody has units. */
export function DeliveryTab({ campaign }: { campaign: Campaign }) {
  const can = useCan();
  const { consolidation_point: point, delivery_strategy: strategy, allocated_at: allocated } = campaign;
  const direct = strategy === "supplier_direct";
  const may = can(...permissions.create);
  return (
    <>
      <Section title={<Trans>Where it goes</Trans>}>
        <Sheet className="px-13 py-5">
          <Facts
            dense
            facts={[
              [<Trans key="n">Delivery</Trans>, direct ? t`From the supplier to each member` : t`In bulk to a consolidation point`],
              ...(direct
                ? []
                : [
                    [<Trans key="n">Consolidation point</Trans>, point?.name ?? "–"] as const,
                    [<Trans key="n">Address</Trans>, point?.address ?? "–"] as const,
                  ]),
              [<Trans key="n">Units allocated</Trans>, campaign.units_allocated?.toLocaleString("en-GB") ?? "–"],
            ]}
          />
        </Sheet>
      </Section>
      {allocated === null || ended.has(campaign.state) ? (
        <EmptyState title={<Trans>No manifest now</Trans>}>
          <Trans>It says what goes where, from the moment every commitment has its units until the campaign ends.</Trans>
        </EmptyState>
      ) : may ? (
        <Rows campaign={campaign} direct={direct} />
      ) : (
        <p className="label">
          <Trans>
            Taking the manifest out needs <code className="font-mono">{permissions.create[0]}</code>.
          </Trans>
        </p>
      )}
    </>
  );
}

function Rows({ campaign, direct }: { campaign: Campaign; direct: boolean }) {
  const [manifest, setManifest] = useState<ManifestAnswer | null>(null);
  const show = useAct({
    work: () => post<ManifestAnswer>(`/campaigns/${campaign.id}/manifest`),
    refresh: [["/events", campaign.id]],
    refused: t`There is no manifest now`,
    onDone: setManifest,
  });
  return (
    <Section
      title={<Trans>Manifest</Trans>}
      hint={
        direct ? (
          <Trans>It names members and their addresses: each look at it is recorded, without its content.</Trans>
        ) : (
          <Trans>It names no member. Each time it is taken out is recorded.</Trans>
        )
      }
    >
      <div className="mb-13 flex flex-wrap gap-8">
        {manifest === null && (
          <Button size="normal" busy={show.isPending} onClick={() => show.mutate()}>
            <Trans>Show it here</Trans>
          </Button>
        )}
        <Manifest campaignId={campaign.id} reference={campaign.reference} direct={direct} />
      </div>
      {manifest !== null && <ManifestTable manifest={manifest} />}
    </Section>
  );
}

function ManifestTable({ manifest }: { manifest: ManifestAnswer }) {
  const { columns, rows, units } = manifest;
  const more = rows.length - shown;
  return (
    <>
      <p className="label mb-8">
        <Plural value={rows.length} one="# commitment" other="# commitments" />, <Plural value={units} one="# unit" other="# units" />
      </p>
      {/* Wide for a phone: it can be scrolled by keyboard as well. */}
      <div role="region" aria-label={t`Manifest`} tabIndex={0} className="overflow-x-auto rounded-8 border border-line bg-paper">
        <table className="w-full text-12" aria-label={t`Manifest`}>
          <thead>
            <tr className="border-b border-line text-left text-muted">
              {columns.map((column) => (
                <th key={column} scope="col" className="px-13 py-8 font-medium whitespace-nowrap">
                  {columnWord(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, index) => (
              <tr key={index} className="border-b border-line last:border-0">
                {columns.map((column) => (
                  <td key={column} className={column === "units" ? "px-13 py-8 text-right" : "px-13 py-8 whitespace-nowrap"}>
                    {row[column] ?? "–"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <p className="label mt-8">
          <Plural value={more} one="# more stands in the file." other="# more stand in the file." />
        </p>
      )}
    </>
  );
}

function columnWord(column: string): string {
  const words: Record<string, string> = {
    reference: t`Reference`,
    units: t`Units`,
    sku: t`SKU`,
    recipient: t`Recipient`,
    street: t`Street`,
    postal_code: t`Postal code`,
    city: t`City`,
    country: t`Country`,
    consolidation_point: t`Consolidation point`,
    address: t`Address`,
  };
  return words[column] ?? column;
}
