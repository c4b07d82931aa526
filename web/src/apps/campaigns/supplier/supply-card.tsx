import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts, Sheet } from "@/ui/page";
import { Timeline } from "@/ui/timeline";

import { titleOf } from "../campaign-title";
import { CampaignState } from "../states";
import type { SupplierCampaign } from "../types";
import { AcceptDialog, MembersAsked } from "./accept-dialog";
import { DeclineDialog } from "./decline-dialog";
import { fulfilmentWords } from "./fulfilment-words";
import { Manifest } from "./manifest";
import { StepDialog } from "./step-dialog";
import { SuppliedIssues } from "./supplied-issues";
import { SupplierMilestones } from "./supplier-milestones";

type Asked = "accept" | "decline" | "step" | null;

const reporting = new Set(["confirmed", "procuring", "fulfilling"]);
const delivering = new Set(["confirmed", "procuring", "fulfilling", "inspecting"]);
const inspected = new Set(["inspecting", "completed", "unwinding", "unwound"]);
const ended = new Set(["failing", "cancelling", "failed", "cancelled"]);

export function SupplyCard({ campaign }: { campaign: SupplierCampaign }) {
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const words = fulfilmentWords();
  return (
    <Sheet className="p-13 sm:p-21">
      <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
        <h2 className="text-20 font-semibold">{titleOf(campaign)}</h2>
        <CampaignState state={campaign.state} />
        <span className="ml-auto">
          <CopyId value={campaign.reference} full />
        </span>
      </div>
      <div className="mt-13 grid gap-21 md:grid-cols-2">
        <SupplyFacts campaign={campaign} />
        {campaign.fulfilment_events.length > 0 && (
          <Timeline
            entries={campaign.fulfilment_events.map(({ id, recorded_at, kind, note }) => ({
              id,
              at: recorded_at,
              title: words.find((word) => word.value === kind)?.label ?? kind,
              detail: note,
            }))}
          />
        )}
      </div>
      <MembersAsked campaign={campaign} />
      <div className="mt-13 flex flex-wrap gap-8 empty:hidden">
        {campaign.state === "awaiting_supplier" && campaign.accepted_units === null && (
          <>
            <Button tone="primary" size="normal" onClick={() => setAsked("accept")}>
              <Trans>Accept</Trans>
            </Button>
            <Button size="normal" onClick={() => setAsked("decline")}>
              <Trans>Decline</Trans>
            </Button>
          </>
        )}
        {reporting.has(campaign.state) && (
          <Button tone="primary" size="normal" onClick={() => setAsked("step")}>
            <Trans>Report a step</Trans>
          </Button>
        )}
        {delivering.has(campaign.state) && (
          <Manifest campaignId={campaign.id} reference={campaign.reference} direct={campaign.delivery_strategy === "supplier_direct"} />
        )}
      </div>
      {delivering.has(campaign.state) && <SupplierMilestones campaignId={campaign.id} />}
      {inspected.has(campaign.state) && <SuppliedIssues campaignId={campaign.id} />}
      {asked === "accept" && <AcceptDialog campaign={campaign} onClose={close} />}
      {asked === "decline" && <DeclineDialog campaign={campaign} onClose={close} />}
      {asked === "step" && <StepDialog campaign={campaign} onClose={close} />}
    </Sheet>
  );
}

function SupplyFacts({ campaign }: { campaign: SupplierCampaign }) {
  const { units, supplier_unit_price_minor: price, currency, accept_by: until } = campaign;
  const { name, sku } = campaign.product;
  const place = campaign.consolidation_point?.name ?? "–";
  const unknown = ended.has(campaign.state) ? t`None: the campaign has ended` : t`Known once the goal is reached`;
  const total = units === null || price === null ? null : units * price;
  return (
    <Facts
      facts={[
        [
          <Trans key="n">Product</Trans>,
          <span key="v">
            {name}
            {sku !== null && (
              <>
                {" · "}
                <span className="whitespace-nowrap">{sku}</span>
              </>
            )}
          </span>,
        ],
        [<Trans key="n">Units</Trans>, units === null ? unknown : units.toLocaleString("en-GB")],
        [<Trans key="n">Your unit price</Trans>, price === null ? "–" : formatMoney(price, currency)],
        ...(total === null
          ? []
          : [[<Trans key="n">In all</Trans>, <strong key="v">{formatMoney(total, currency)}</strong>] as const]),
        [
          <Trans key="n">Delivery</Trans>,
          campaign.delivery_strategy === "supplier_direct"
            ? t`To each member`
            : t`In bulk to ${place}`,
        ],
        ...(until === null || campaign.accepted_units !== null ? [] : [[<Trans key="n">Decide until</Trans>, formatInstant(until)] as const]),
      ]}
    />
  );
}
