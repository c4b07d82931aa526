import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { PersonName } from "@/ui/person";

import { useDestinations } from "../destinations/use-destinations";
import { plainText } from "../figures";
import { ruleText } from "../wizard/window-rules";
import { exportText, nativeText } from "./native-words";
import { catchUpText } from "./plan";
import type { Schedule } from "./types";

const linked = "text-link underline underline-offset-2";

function written(value: unknown): string {
  if (!Array.isArray(value)) return plainText(value);
  const shown = value.slice(0, 3).map(plainText).join(", ");
  return value.length > 3 ? t`${shown} and ${value.length - 3} more` : shown;
}

export function ScheduleFacts({ schedule }: { schedule: Schedule }) {
  const { auto_pause_after: most, destination_ids: taken, amc_export: copy } = schedule;
  const { data: places = [] } = useDestinations();
  const names = places.filter(({ id }) => taken.includes(id)).map(({ name }) => name);
  return (
    <Facts
      dense
      facts={[
        [
          <Trans key="n">Client</Trans>,
          <Link key="v" to="/amc/clients/$clientId" params={{ clientId: schedule.instance.id }} className={linked}>
            {schedule.instance.name}
          </Link>,
        ],
        [
          <Trans key="n">Workflow</Trans>,
          <Link key="v" to="/amc/library/$workflowId" params={{ workflowId: schedule.workflow.id }} className={linked}>
            {schedule.workflow.name}
          </Link>,
        ],
        [<Trans key="n">Reads</Trans>, ruleText(schedule.window)],
        ...Object.entries(schedule.values).map(([name, value]) => [name, written(value)] as const),
        [<Trans key="n">Time zone of the clock</Trans>, schedule.time_zone],
        [<Trans key="n">What was missed</Trans>, catchUpText(schedule.catch_up)],
        [<Trans key="n">It pauses itself after</Trans>, most === null ? t`no failure` : most === 1 ? t`1 failure` : t`${most} failures in a row`],
        ...(names.length === 0 ? [] : [[<Trans key="n">Takes its results to</Trans>, names.join(", ")] as const]),
        ...(copy === null ? [] : [[<Trans key="n">AMC's own schedule</Trans>, `${exportText(copy)} · ${nativeText(copy)}`] as const]),
        [<Trans key="n">Made by</Trans>, <PersonName key="v" id={schedule.created_by} />],
        [<Trans key="n">Made</Trans>, formatInstant(schedule.created_at)],
        [<Trans key="n">Id</Trans>, <CopyId key="v" value={schedule.id} />],
      ]}
    />
  );
}
