import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney, parseMoney } from "@/kernel/money";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState, NoPermission } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import { permissions } from "../permissions";
import type { Campaign } from "../types";
import { WaitsDialog } from "../waits";
import { BulkPreviewSheet } from "./bulk-preview";
import { DeskHead } from "./desk-head";
import type { BulkPreview } from "./types";
import { choicesOf, reasonWords } from "./words";

const route = getRouteApi("/app/desk/refund-many");

export function BulkPage() {
  useTitle(t`Refund many`);
  const may = useCan()(...permissions.settle);
  return (
    <div className="max-w-1000">
      <DeskHead
        title={<Trans>Refund many</Trans>}
        below={<Trans>All held and allocated commitments of one campaign. First it is shown what would happen; then a second person decides.</Trans>}
      />
      {may ? <Chosen /> : <NoPermission detail={t`Refunds are asked for by those who settle.`} permission={permissions.settle[0]} />}
    </div>
  );
}

/** The campaign is chosen in the address, so that a campaign's page leads here. */
function Chosen() {
  const { campaign: id } = route.useSearch();
  const go = route.useNavigate();
  const list = useKeysetList<Campaign>("/campaigns", { sort: "-created_at" });
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  const holding = list.rows.filter((campaign) => campaign.totals.escrow_minor > 0 || campaign.id === id);
  const campaign = holding.find((each) => each.id === id);
  if (holding.length === 0) {
    return (
      <p className="text-16 text-muted">
        <Trans>No campaign holds anything in escrow.</Trans>
      </p>
    );
  }
  return (
    <>
      <Field label={t`Campaign`} className="mb-21 max-w-618">
        {({ id: field }) => (
          <Select
            id={field}
            value={campaign?.id ?? ""}
            choices={[
              ...(campaign === undefined ? [{ value: "", label: t`Choose a campaign` }] : []),
              ...holding.map((each) => ({ value: each.id, label: `${titleOf(each)} · ${formatMoney(each.totals.escrow_minor, each.currency)}` })),
            ]}
            onChange={(next) => void go({ search: next === "" ? {} : { campaign: next }, replace: true })}
          />
        )}
      </Field>
      {campaign !== undefined && <BulkForm key={campaign.id} campaign={campaign} />}
    </>
  );
}

function BulkForm({ campaign }: { campaign: Campaign }) {
  const [part, setPart] = useState<"whole" | "unit">("whole");
  const [perUnit, setPerUnit] = useState("");
  const [code, setCode] = useState("admin_manual");
  const [reason, setReason] = useState("");
  const [preview, setPreview] = useState<BulkPreview | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const [waiting, setWaiting] = useState<string | null>(null);
  const attempt = useAttempt();
  const minor = part === "unit" ? parseMoney(perUnit, campaign.currency) : null;
  const body = { ...(part === "unit" ? { amount_per_unit_minor: minor } : {}), reason_code: code, reason: reason.trim() };
  const ready = reason.trim() !== "" && (part === "whole" || (minor !== null && minor > 0));
  const path = `/campaigns/${campaign.id}/refunds`;
  // What was previewed holds for what was written then, and for nothing else.
  const change = (set: () => void) => {
    set();
    setPreview(null);
    setRefusal(undefined);
  };
  const look = useAct({
    work: () => post<BulkPreview>(`${path}/preview`, body),
    refresh: [],
    refused: t`Nothing could be shown`,
    onDone: setPreview,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const ask = useAct({
    work: (shown: BulkPreview) => {
      const asked = { ...body, expected_count: shown.count, expected_amount_minor: shown.amount_minor };
      return post<{ approval_id: string }>(path, asked, { idempotencyKey: attempt.key(asked) });
    },
    refresh: [["/approvals"]],
    refused: t`Nothing was asked for`,
    onDone: ({ approval_id: id }) => setWaiting(id),
    onRefused: (problem) => {
      attempt.refused(problem);
      setPreview(null);
      setRefusal(problem.said);
    },
  });
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) look.mutate();
      }}
    >
      <div className="flex flex-col gap-21">
        <Field label={t`What goes back`}>
          {({ id }) => (
            <Select<"whole" | "unit">
              id={id}
              value={part}
              choices={[
                { value: "whole", label: t`All each commitment has in escrow` },
                { value: "unit", label: t`So much for each unit` },
              ]}
              onChange={(next) => change(() => setPart(next))}
            />
          )}
        </Field>
        {part === "unit" && (
          <TextField
            label={t`Amount for each unit, ${campaign.currency}`}
            inputMode="decimal"
            value={perUnit}
            onChange={(event) => change(() => setPerUnit(event.target.value))}
          />
        )}
        <Field label={t`Reason`}>
          {({ id }) => <Select id={id} value={code} choices={choicesOf(reasonWords())} onChange={(next) => change(() => setCode(next))} />}
        </Field>
        <TextArea
          label={t`In words`}
          hint={t`Members read it with their refund.`}
          maxLength={2000}
          value={reason}
          onChange={(event) => change(() => setReason(event.target.value))}
        />
        <FormRefusal message={refusal} />
        <Button size="normal" type="submit" tone={preview === null ? "primary" : "plain"} busy={look.isPending} disabled={!ready} className="self-start">
          <Trans>Show what would happen</Trans>
        </Button>
      </div>
      {preview !== null && <BulkPreviewSheet preview={preview} busy={ask.isPending} onAsk={() => ask.mutate(preview)} />}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </form>
  );
}
