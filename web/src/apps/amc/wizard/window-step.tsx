import { Plural, Trans } from "@lingui/react/macro";
import { CircleAlert, CircleCheck } from "lucide-react";

import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { Skeleton } from "@/ui/skeleton";

import { lastDay, windowDays, windowText } from "../figures";
import { tablesOf } from "../parameters/values";
import type { Client, WindowRule } from "../types";
import { DataNote } from "./data-note";
import { changePlan, type Plan } from "./plan";
import { usePlanned } from "./use-planned";
import { useWindow } from "./use-window";
import { WindowFields } from "./window-fields";
import { windowError } from "./window-rules";

interface WindowStepProps {
  client: Client;
  plan: Plan;
  onNext: () => void;
}

/** Which time is read: as days up to lately, a calendar unit, or dates; worked out by the server as one chooses. */
export function WindowStep({ client, plan, onNext }: WindowStepProps) {
  const rule = plan.window;
  const { sql, parameters } = usePlanned(plan);
  const preview = useWindow(rule, client.time_zone, sql, tablesOf(parameters, plan.typed));
  const set = (window: WindowRule) => changePlan(client.id, { window });
  const wrong = windowError(rule);
  return (
    <div className="flex flex-col gap-21">
      <WindowFields rule={rule} set={set} now={preview.data} />
      <Sheet className="p-13">
        <h2 className="text-12 font-semibold">
          <Trans>What this run reads</Trans>
        </h2>
        <div role="status" className="mt-5">
          {wrong !== null ? (
            <p className="label">{wrong}</p>
          ) : preview.data === undefined ? (
            preview.error === null ? <Skeleton className="h-21 w-1/2" /> : <p className="text-12 text-bad">{preview.error.said}</p>
          ) : (
            <>
              <p className="text-16">
                {windowText(preview.data.start, preview.data.end)}{" "}
                <span className="text-muted">
                  <Plural value={windowDays(preview.data.start, preview.data.end)} one="# day" other="# days" />
                </span>
              </p>
              <p className="label">
                {lastDay(preview.data.start, preview.data.end) === null ? <Trans>In {client.time_zone}; the end is not part of it.</Trans> : <Trans>Whole days in {client.time_zone}, the last included.</Trans>}
              </p>
              <Ready ready={preview.data.data_ready} hint={preview.data.hint} />
              <DataNote client={client} window={preview.data} />
              {preview.data.next.length > 0 && (
                <>
                  <p className="mt-13 text-12 font-semibold">
                    <Trans>Repeated, it would read next</Trans>
                  </p>
                  <ul className="label">
                    {preview.data.next.map(({ start, end }) => (
                      <li key={start}>{windowText(start, end)}</li>
                    ))}
                  </ul>
                </>
              )}
            </>
          )}
        </div>
      </Sheet>
      <Button tone="primary" size="normal" className="w-full sm:w-auto sm:self-start" disabled={wrong !== null || preview.error !== null} onClick={onNext}>
        <Trans>Go on</Trans>
      </Button>
    </div>
  );
}

function Ready({ ready, hint }: { ready: boolean; hint: string }) {
  const Icon = ready ? CircleCheck : CircleAlert;
  return (
    <p className={`mt-5 flex items-start gap-5 text-12 ${ready ? "text-ok" : "text-warn"}`}>
      <Icon size={13} aria-hidden className="mt-2 shrink-0" />
      {hint}
    </p>
  );
}
