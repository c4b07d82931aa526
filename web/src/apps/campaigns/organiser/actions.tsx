import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useMe } from "@/kernel/me";
import { may } from "@/kernel/modules";
import { Button, buttonClass, Key } from "@/ui/button";

import { permissions } from "../permissions";
import type { Campaign, Transition } from "../types";
import { WaitsDialog } from "../waits";
import { missingTitle } from "./missing-title";
import { TransitionDialog } from "./transition-dialog";
import { useTransition } from "./use-transition";

const grave = new Set(["cancel", "decline", "reject", "unwind"]);
// A step forward may stand out; holding one up never does.
const holding = new Set([...grave, "pause", "request_changes", "defer", "extend", "close_early", "retry_payout", "retry_refunds"]);

/** Only what the server's transition table allows this person now. */
export function Actions({ campaign }: { campaign: Campaign }) {
  const [asked, setAsked] = useState<Transition | null>(null);
  const navigate = useNavigate();
  const me = useMe();
  const mayEdit = me !== undefined && may(me, ...permissions.create);
  const { start, busy, waiting, seen } = useTransition(campaign);
  const choose = (transition: Transition) => {
    if (transition.needs_reason || transition.money_effect !== null) setAsked(transition);
    else start({ transition });
  };
  const edit = () => void navigate({ to: "/campaigns/$campaignId/edit", params: { campaignId: campaign.id } });
  useCommands("campaign", [
    ...(mayEdit ? [{ id: "edit", label: t`Edit campaign`, key: "e", group: t`This campaign`, run: edit }] : []),
    ...campaign.allowed_transitions.map((transition, index) => ({
      id: transition.name,
      label: transition.label,
      key: String(index + 1),
      group: t`This campaign`,
      run: () => {
        if (!(incomplete && transition.name === "submit")) choose(transition);
      },
    })),
  ]);
  const incomplete = campaign.missing.length > 0;
  const first = campaign.allowed_transitions.findIndex((transition) => !holding.has(transition.name));
  return (
    <>
      {mayEdit && (
        <Link
          to="/campaigns/$campaignId/edit"
          params={{ campaignId: campaign.id }}
          preload="intent"
          className={buttonClass(incomplete ? "primary" : "plain")}
        >
          <Pencil size={13} aria-hidden />
          <Trans>Edit</Trans>
          <Key>e</Key>
        </Link>
      )}
      {campaign.allowed_transitions.map((transition, index) => (
        <Button
          key={transition.name}
          tone={index === first && !incomplete ? "primary" : "plain"}
          shortcut={String(index + 1)}
          busy={busy}
          {...(incomplete && transition.name === "submit" ? { disabled: true, "aria-describedby": missingTitle } : {})}
          onClick={() => choose(transition)}
        >
          {transition.label}
        </Button>
      ))}
      {asked !== null && (
        <TransitionDialog campaign={campaign} transition={asked} onClose={() => setAsked(null)} start={start} busy={busy} />
      )}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={seen} />}
    </>
  );
}
