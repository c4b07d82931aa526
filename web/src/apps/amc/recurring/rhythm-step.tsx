import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatInstant } from "@/kernel/time";
import { TextField } from "@/ui/field";
import { Section, Sheet } from "@/ui/page";

import { useClient } from "../clients/use-client";
import { knownZone } from "../clients/zones";
import { windowText } from "../figures";
import { DataNote } from "../wizard/data-note";
import { WindowFields } from "../wizard/window-fields";
import { Calendar } from "./calendar";
import { readsOlder, type SchedulePlan, type Start } from "./plan";
import { RhythmFields } from "./rhythm-fields";
import { usePreview } from "./use-schedule";

export interface StepProps {
  start: Start;
  plan: SchedulePlan;
  sql: string;
  /** Those that its {{names}} stand for. */
  tables: Record<string, string>;
  change: (next: Partial<SchedulePlan>) => void;
}

/** The rhythm, its zone, and the window of each run; what they come to is drawn as one chooses. */
export function RhythmStep({ start, plan, sql, tables, change }: StepProps) {
  const { rhythm, window, zone } = plan;
  const { data: client } = useClient(start.instance.id);
  const preview = usePreview({ kind: rhythm, window, time_zone: zone, instance_id: start.instance.id, sql, tables });
  return (
    <>
      <RhythmFields rhythm={rhythm} onChange={(next) => change({ rhythm: next })} />
      <TextField
        label={t`Time zone of the clock`}
        hint={t`An IANA name, e.g. Europe/Berlin.`}
        value={zone}
        onChange={(event) => change({ zone: event.target.value })}
        {...(knownZone(zone) ? {} : { error: t`There is no such zone` })}
      />
      <div className="flex flex-col gap-21">
        <WindowFields rule={window} set={(next) => change({ window: next })} now={preview.data?.windows[0]} />
        {client !== undefined && <DataNote client={client} window={preview.data?.windows[0]} />}
      </div>
      {readsOlder(rhythm, window) && (
        <p className="rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
          <Trans>It does not read the period that has just ended, but an older one: 1 back is the one that has just ended.</Trans>
          {preview.data?.firings[0] !== undefined && preview.data.windows[0] !== undefined && (
            <>
              {" "}
              <Trans>
                On {formatInstant(preview.data.firings[0], zone)} it reads {windowText(preview.data.windows[0].start, preview.data.windows[0].end)}.
              </Trans>
            </>
          )}
        </p>
      )}
      {window.kind === "explicit" && (
        <p className="rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
          <Trans>Fixed dates are read again each time.</Trans>
        </p>
      )}
      <Section title={<Trans>What comes next</Trans>}>
        <Sheet className="p-13">
          <Calendar data={preview.data} error={preview.error} zone={zone} />
        </Sheet>
      </Section>
    </>
  );
}
