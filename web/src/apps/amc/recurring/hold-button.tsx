import { Trans } from "@lingui/react/macro";
import { Pause, Play } from "lucide-react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";

import { permissions } from "../permissions";
import { isLeft, type Schedule } from "./types";
import { useHold, useTakeOver } from "./use-schedule-acts";

/** The one switch of a schedule: hold it, let it go on, or take it over from whoever left. */
export function HoldButton({ schedule }: { schedule: Schedule }) {
  const can = useCan();
  const hold = useHold(schedule);
  const takeOver = useTakeOver(schedule);
  if (isLeft(schedule)) {
    if (!can(...permissions.run)) return null;
    return (
      <Button icon={<Play size={13} aria-hidden />} busy={takeOver.isPending} onClick={() => takeOver.mutate()}>
        <Trans>Take over</Trans>
      </Button>
    );
  }
  if (!can(...permissions.edit)) return null;
  const active = schedule.state === "active";
  return (
    <Button
      icon={active ? <Pause size={13} aria-hidden /> : <Play size={13} aria-hidden />}
      busy={hold.isPending}
      onClick={() => hold.mutate(active ? "pause" : "resume")}
    >
      {active ? <Trans>Hold</Trans> : <Trans>Go on</Trans>}
    </Button>
  );
}
