import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { formatDay } from "@/kernel/time";
import { Facts, Section, Sheet } from "@/ui/page";

import { count, windowText } from "../figures";
import type { Planned } from "./segments";

interface PlanViewProps {
  planned: readonly Planned[];
  clients: number;
  today: string;
  continuing: boolean;
  lag: number;
}

const most = 5;

/** What a collection comes to before it is begun: how many runs, and when each segment is settled. */
export function PlanView({ planned, clients, today, continuing, lag }: PlanViewProps) {
  const [first, last] = [planned[0], planned.at(-1)];
  const young = planned.filter(({ settles }) => settles > today);
  const runs = planned.length * clients;
  return (
    <Section title={<Trans>What is asked</Trans>}>
      <Sheet className="p-13">
        <p className="text-26 font-semibold" role="status">
          <Plural value={runs} one="# run" other="# runs" />
        </p>
        <p className="label">
          <Plural value={planned.length} one="# segment" other="# segments" /> × <Plural value={clients} one="# client" other="# clients" />
        </p>
        {first !== undefined && last !== undefined && (
          <Facts
            dense
            facts={[
              [<Trans key="n">First</Trans>, windowText(first.start, first.end)],
              [<Trans key="n">Last</Trans>, windowText(last.start, last.end)],
              [<Trans key="n">Data complete now</Trans>, t`${count(planned.length - young.length)} of ${count(planned.length)}`],
            ]}
          />
        )}
        {young.length > 0 && (
          <>
            <h3 className="mt-13 text-12 font-semibold">
              <Trans>Not settled yet</Trans>
            </h3>
            <ul className="text-12">
              {young.slice(0, most).map(({ start, end, settles }) => (
                <li key={start} className="flex flex-wrap justify-between gap-x-13 border-b border-line py-5 last:border-0">
                  <span>{windowText(start, end)}</span>
                  <span className="text-muted">
                    <Trans>settles {formatDay(settles)}</Trans>
                  </span>
                </li>
              ))}
            </ul>
            {young.length > most && (
              <p className="label">
                <Plural value={young.length - most} one="and # more" other="and # more" />
              </p>
            )}
          </>
        )}
        <p className="label mt-8">
          <Plural
            value={lag}
            one="Amazon's data are complete # day after a segment has ended."
            other="Amazon's data are complete # days after a segment has ended."
          />{" "}
          {continuing && <Trans>Each one after these follows by itself.</Trans>}
        </p>
      </Sheet>
    </Section>
  );
}
