import { Trans } from "@lingui/react/macro";
import { BellRing } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { permissions } from "../permissions";
import { AlertLine } from "./alert-line";
import type { Alert, Subject } from "./types";

const AlertDialog = lazy(() => import("./alert-dialog").then((file) => ({ default: file.AlertDialog })));

/** The alerts on one workflow or schedule, and the way to another. */
export function AlertsOf({ subject }: { subject: Subject }) {
  const can = useCan();
  const [making, setMaking] = useState(false);
  useLive({ module: "amc", refresh: [["/amc/alerts", "list"]] });
  const query = subject.kind === "workflow" ? { workflow_id: subject.id } : { schedule_id: subject.id };
  const button = can(...permissions.edit) && (
    <Button icon={<BellRing size={13} aria-hidden />} onClick={() => setMaking(true)}>
      <Trans>Make an alert</Trans>
    </Button>
  );
  return (
    <>
      <div className="mb-8 flex justify-end">{button}</div>
      <RecordList<Alert>
        path="/amc/alerts"
        query={query}
        row={(alert) => <AlertLine alert={alert} withSubject={false} />}
        empty={
          <EmptyState title={<Trans>Nobody is told</Trans>}>
            <Trans>An alert looks at each new result and tells people or programs when a figure is out of bounds.</Trans>
          </EmptyState>
        }
      />
      <Suspense>{making && <AlertDialog subject={subject} onClose={() => setMaking(false)} />}</Suspense>
    </>
  );
}
