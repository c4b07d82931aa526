import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { TextField } from "@/ui/field";
import { Section, Sheet } from "@/ui/page";

import { knownZone } from "../clients/zones";
import { WindowFields } from "../wizard/window-fields";
import { Calendar } from "./calendar";
import type { SchedulePlan, Start } from "./plan";
import { RhythmFields } from "./rhythm-fields";
import { usePreview } from "./use-schedule";

export interface StepProps {
  start: Start;
  plan: SchedulePlan;
  sql: string;
  change: (next: Partial<SchedulePlan>) => void;
}

/** The rhythm, its zone, and the window of each run; what they come to is drawn as one chooses. */
export function RhythmStep({ start, plan, sql, change }: StepProps) {
  const { rhythm, window, zone } = plan;
  const preview = usePreview({ kind: rhythm, window, time_zone: zone, instance_id: start.instance.id, sql });
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
      <WindowFields rule={window} set={(next) => change({ window: next })} now={preview.data?.windows[0]} />
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
