import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useId } from "react";

import { formatMoney } from "@/kernel/money";
import { asProblem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { CopyId } from "@/ui/copy-id";
import { FormRefusal } from "@/ui/field";
import { Facts, Sheet } from "@/ui/page";

import { fundingText } from "../funding-text";
import type { PublicCampaign } from "../types";
import { isComplete } from "./address";
import { AddressFields } from "./address-fields";
import { AmountName } from "./amount-name";
import { useCommit } from "./use-commit";
import { changeAddress, changeProgress, forgetProgress, type Progress } from "./wizard";

const route = getRouteApi("/open/o/$orgSlug/campaigns/$slug/join");

interface ConfirmStepProps {
  campaign: PublicCampaign;
  name: string;
  orgSlug: string;
  progress: Progress;
}

export function ConfirmStep({ campaign, name, orgSlug, progress }: ConfirmStepProps) {
  const navigate = useNavigate();
  const whyId = useId();
  const commit = useCommit(orgSlug);
  const direct = campaign.delivery_strategy === "supplier_direct";
  const addressed = !direct || isComplete(progress.address);
  const ready = progress.escrow && progress.mayNotSucceed && progress.units !== null && addressed;
  const send = () =>
    commit.mutate(
      { campaign, progress },
      {
        onSuccess: (commitment) => {
          forgetProgress(name);
          void navigate({ to: "/commitments/$commitmentId", params: { commitmentId: commitment.id }, replace: true });
        },
      },
    );
  return (
    <form
      noValidate
      className="flex flex-col gap-21"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <Summary campaign={campaign} units={progress.units ?? 0} />
      <p className="text-16 text-pretty text-muted">
        {fundingText(campaign.funding_mode)} {campaign.withdraw_text}
      </p>
      {direct && (
        <AddressFields
          address={progress.address}
          refusal={commit.isError ? asProblem(commit.error) : null}
          onChange={(address) => changeAddress(name, address)}
        />
      )}
      <Checkbox
        checked={progress.escrow}
        onChange={(escrow) => changeProgress(name, { escrow })}
        label={<Trans>I have read the escrow terms, version {campaign.terms_version}, and agree to lock these funds under them.</Trans>}
      />
      <Checkbox
        checked={progress.mayNotSucceed}
        onChange={(mayNotSucceed) => changeProgress(name, { mayNotSucceed })}
        label={<Trans>I understand that this campaign may not succeed, and that my funds are then refunded from escrow.</Trans>}
      />
      {commit.isError && <Refusal error={commit.error} />}
      {!ready && (
        <p id={whyId} className="label">
          {progress.units === null ? <Trans>Choose the number of units first.</Trans> : null}{" "}
          {addressed ? null : <Trans>Fill in the address.</Trans>}{" "}
          {progress.escrow && progress.mayNotSucceed ? null : <Trans>Tick both statements above to go on.</Trans>}
        </p>
      )}
      <Button tone="primary" size="normal" type="submit" disabled={!ready} aria-describedby={ready ? undefined : whyId} busy={commit.isPending} className="sm:self-start">
        <Trans>Commit and lock funds</Trans>
      </Button>
    </form>
  );
}

function Summary({ campaign, units }: { campaign: PublicCampaign; units: number }) {
  const { unit_price_minor: price, currency } = campaign;
  return (
    <Sheet className="px-13 py-5">
      <Facts
        facts={[
          [<Trans key="n">Campaign</Trans>, campaign.title],
          [<Trans key="n">Units</Trans>, units.toLocaleString("en-GB")],
          [<Trans key="n">Collective price a unit</Trans>, price === null ? "–" : formatMoney(price, currency)],
          [
            <AmountName key="n" mode={campaign.funding_mode} />,
            <strong key="v">{price === null ? "–" : formatMoney(price * units, currency)}</strong>,
          ],
          [<Trans key="n">Deadline</Trans>, formatInstant(campaign.deadline_at, campaign.time_zone)],
        ]}
      />
    </Sheet>
  );
}

/** A missing profile sends to the profile; coming back lands on this step with everything kept. */
function Refusal({ error }: { error: unknown }) {
  const problem = asProblem(error);
  const said = problem.errors[0]?.hint ?? problem.said;
  return (
    <div>
      <FormRefusal message={problem.status === 0 ? t`No answer came. Try again: the same commitment is sent, never a second one.` : said} />
      <p className="label mt-5 flex flex-wrap gap-x-13">
        {problem.code.startsWith("profile") && (
          <Link to="/settings/profile" className="font-medium text-link underline underline-offset-2">
            <Trans>Complete the profile</Trans>
          </Link>
        )}
        {problem.errors.some(({ field }) => field.endsWith("units")) && <ChangeUnits />}
        {problem.requestId !== null && (
          <span>
            <Trans>
              Request <CopyId value={problem.requestId} full />
            </Trans>
          </span>
        )}
      </p>
    </div>
  );
}

function ChangeUnits() {
  const go = route.useNavigate();
  return (
    <button
      type="button"
      className="font-medium text-link underline underline-offset-2"
      onClick={() => void go({ search: { step: 1 } })}
    >
      <Trans>Change the number of units</Trans>
    </button>
  );
}
