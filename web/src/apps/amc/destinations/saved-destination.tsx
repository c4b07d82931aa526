import { Trans } from "@lingui/react/macro";
import { CircleAlert, CircleCheck, FlaskConical } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Facts } from "@/ui/page";

import type { Destination, Trial } from "./types";
import { useTrial } from "./use-trial";
import { kindWord, placeOf } from "./words";

interface SavedDestinationProps {
  destination: Destination;
  onChange: () => void;
  onClose: () => void;
}

/** What was saved, and whether it would take a result: tried here, before anybody relies on it. */
export function SavedDestination({ destination, onChange, onClose }: SavedDestinationProps) {
  const [told, setTold] = useState<Trial | null>(null);
  const trial = useTrial(destination, setTold);
  const place = placeOf(destination);
  return (
    <div className="flex flex-col gap-21">
      <Facts
        dense
        facts={[
          [<Trans key="n">Kind</Trans>, kindWord(destination.kind)],
          ...(place === "" ? [] : [[<Trans key="n">Leads to</Trans>, <span key="v" className="wrap-anywhere">{place}</span>] as const]),
        ]}
      />
      <div role="status" className="text-12">
        {told === null ? (
          <p>
            <Trans>A trial reaches it and writes nothing that stays.</Trans>
          </p>
        ) : (
          <p className={`flex items-start gap-8 ${told.ok ? "text-ok" : "text-bad"}`}>
            {told.ok ? <CircleCheck size={16} aria-hidden className="shrink-0" /> : <CircleAlert size={16} aria-hidden className="shrink-0" />}
            <span className="min-w-0 break-words">{told.ok ? <Trans>It takes results.</Trans> : (told.problem ?? <Trans>It takes nothing.</Trans>)}</span>
          </p>
        )}
      </div>
      <DialogActions>
        {told !== null && !told.ok && (
          <Button size="normal" onClick={onChange}>
            <Trans>Change it</Trans>
          </Button>
        )}
        <Button size="normal" tone={told?.ok === true ? "plain" : "primary"} icon={<FlaskConical size={13} aria-hidden />} busy={trial.isPending} onClick={() => trial.mutate()}>
          <Trans>Try it</Trans>
        </Button>
        <Button size="normal" tone={told?.ok === true ? "primary" : "plain"} onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogActions>
    </div>
  );
}
