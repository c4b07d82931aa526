import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get, put, remove } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Facts } from "@/ui/page";
import { Skeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { exportText, nativeText } from "./native-words";
import type { AmcExport, Fit, Native, Schedule } from "./types";
import { schedulePath } from "./use-schedule";

interface ExportDialogProps {
  schedule: Schedule;
  onClose: () => void;
}

/** Hands a schedule to Amazon's own, daily or weekly, where one does the same; or takes it back. */
export function ExportDialog({ schedule, onClose }: ExportDialogProps) {
  const { id, name, amc_export: copy } = schedule;
  const path = `${schedulePath}/${id}/amc-schedule`;
  const fit = useQuery({ queryKey: [path, schedule.version], queryFn: ({ signal }) => get<Fit>(path, { signal }) });
  const hand = useAct({
    work: () => put<Schedule>(path, {}),
    refresh: [[schedulePath]],
    done: () => t`${name} is on its way to Amazon`,
    refused: t`Amazon has no schedule of it`,
    onDone: onClose,
  });
  const back = useAct({
    work: () => remove(path),
    refresh: [[schedulePath]],
    done: () => t`${name} is being taken back from Amazon`,
    refused: t`Amazon's schedule stays`,
    onDone: onClose,
  });
  const native = fit.data?.native ?? null;
  return (
    <Dialog open onClose={onClose} title={<Trans>Export to an AMC schedule</Trans>}>
      <div className="flex flex-col gap-13 text-16">
        {copy !== null && <Copy copy={copy} />}
        {fit.error !== null ? (
          <ErrorState error={fit.error} onRetry={() => void fit.refetch()} />
        ) : fit.isPending ? (
          <Skeleton className="h-89" />
        ) : native === null ? (
          <p role="status">
            <Trans>Amazon has no schedule that does the same.</Trans> {fit.data.reason}
          </p>
        ) : (
          <Offer native={native} />
        )}
      </div>
      <DialogActions>
        {copy !== null && (
          <Button tone="danger" size="normal" busy={back.isPending} disabled={copy.state === "leaving"} onClick={() => back.mutate()}>
            <Trans>Take it back</Trans>
          </Button>
        )}
        <Button size="normal" onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        {native !== null && (
          <Button tone="primary" size="normal" busy={hand.isPending} onClick={() => hand.mutate()}>
            {copy === null ? <Trans>Export it</Trans> : <Trans>Export it anew</Trans>}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Copy({ copy }: { copy: AmcExport }) {
  return (
    <div className="rounded-5 bg-sunken px-13 py-8 text-12">
      <p className="font-medium">{exportText(copy)}</p>
      <p className="text-muted">
        {nativeText(copy)} · <Trans>as it was on {formatInstant(copy.asked_at)}</Trans>
      </p>
      {copy.reason !== null && <p className="mt-3 break-words text-bad">{copy.reason}</p>}
    </div>
  );
}

function Offer({ native }: { native: Native }) {
  return (
    <>
      <Facts
        dense
        facts={[
          [<Trans key="n">Fires at Amazon</Trans>, nativeText(native)],
          [<Trans key="n">Reads</Trans>, native.period === "Daily" ? t`the last day` : t`the last week`],
          [<Trans key="n">Values</Trans>, t`as they are now`],
        ]}
      />
      <p className="label">
        <Trans>
          Amazon then fires it by itself. Its results come six to seven hours later and stay on Amazon's side: no run of it is shown here. This schedule goes on as well; hold it if one of the two is enough.
        </Trans>
      </p>
    </>
  );
}
