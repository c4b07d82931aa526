import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useWanted } from "@/kernel/making";
import { formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";

import type { MaintenanceWindow } from "../status-types";
import { useMay } from "../use-access";
import { word } from "../word";
import { WindowDialog } from "./window-dialog";

const path = "/admin/maintenance-windows";
const tones: Record<string, Tone> = { running: "paused", planned: "waiting", ended: "ended" };

function stateWord(state: string): string {
  const words: Record<string, string> = { running: t`running`, planned: t`planned`, ended: t`over` };
  return words[state] ?? state;
}

/** Windows of maintenance: while one lasts, alerts are recorded and told to nobody. */
export function Windows() {
  const [planning, setPlanning] = useState(useWanted("/console/alerts", "window"));
  const may = useMay();
  useCommands(
    "console-windows",
    may("status:write") ? [{ id: "window", label: t`Plan a maintenance window`, group: t`Alerts`, run: () => setPlanning(true) }] : [],
  );
  return (
    <Section
      level
      title={<Trans>Maintenance</Trans>}
      hint={<Trans>In a window alerts are recorded and told to nobody; what still fires at its end is told then.</Trans>}
      actions={
        may("status:write") && (
          <Button onClick={() => setPlanning(true)}>
            <Trans>Plan a window</Trans>
          </Button>
        )
      }
    >
      <RecordList<MaintenanceWindow>
        path={path}
        empty={
          <p className="p-21 text-12 text-muted">
            <Trans>No window is planned.</Trans>
          </p>
        }
        row={(window) => <WindowLine window={window} may={may("status:write")} />}
      />
      {planning && <WindowDialog onClose={() => setPlanning(false)} />}
    </Section>
  );
}

function WindowLine({ window: { id, title, starts_at, ends_at, rules, state, silenced }, may }: { window: MaintenanceWindow; may: boolean }) {
  const end = useAct({
    work: () => post(`${path}/${id}/end`),
    refresh: [[path]],
    done: () => (state === "planned" ? t`${title} is called off` : t`${title} is over`),
    refused: t`${title} stays as it was`,
  });
  return (
    <Line
      title={title}
      detail={
        <>
          <span>
            <Trans>
              {formatShort(starts_at)} to {formatShort(ends_at)}
            </Trans>
          </span>
          <span>{rules === null ? t`all alerts` : rules.map(word).join(", ")}</span>
          {silenced > 0 && (
            <span>
              <Plural value={silenced} one="# alert silent" other="# alerts silent" />
            </span>
          )}
        </>
      }
      state={<Badge tone={tones[state] ?? "neutral"}>{stateWord(state)}</Badge>}
      actions={
        may &&
        state !== "ended" && (
          <Button aria-label={state === "planned" ? t`Call off ${title}` : t`End ${title}`} busy={end.isPending} onClick={() => end.mutate()}>
            {state === "planned" ? <Trans>Call off</Trans> : <Trans>End</Trans>}
          </Button>
        )
      }
    />
  );
}
