import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post, remove } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatInstant, formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Line, RecordList } from "@/ui/record-list";
import { Select } from "@/ui/select";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { windowText } from "../figures";
import { permissions } from "../permissions";
import { useNow } from "../today";
import { SnapshotLink } from "./snapshot-link";
import type { Board, NewSnapshot, Snapshot } from "./types";
import { boardPath, type Asked } from "./use-board";

interface SnapshotsDialogProps {
  board: Board;
  clients: readonly { id: string; name: string }[];
  asked: Asked;
  onClose: () => void;
}

const lives = [7, 30, 90];

/** Frozen figures for somebody without an account: makes the link, shows it once, takes it back. */
export function SnapshotsDialog({ board, clients, asked, onClose }: SnapshotsDialogProps) {
  const attempt = useAttempt();
  const now = useNow();
  const [name, setName] = useState(board.name);
  const [days, setDays] = useState(30);
  const [made, setMade] = useState<NewSnapshot | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const alone = clients.find(({ id }) => id === asked.instance_id)?.name ?? t`the chosen client`;
  const path = `${boardPath}/${board.id}/snapshots`;
  const make = useAct({
    work: () => {
      const { from, to, compare, group, instance_id } = asked;
      const body = { name: name.trim(), from, to, compare, group, instance_id, expires_at: new Date(now + days * 86_400_000).toISOString() };
      return post<NewSnapshot>(path, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[path, "list"], [boardPath]],
    refused: t`No snapshot was made`,
    onDone: (snapshot) => {
      setMade(snapshot);
      setRefusal(undefined);
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Snapshots</Trans>}>
      {made === null ? (
        <form
          noValidate
          className="flex flex-col gap-13"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") make.mutate();
          }}
        >
          <p className="label">
            {asked.from !== undefined && asked.to !== undefined && `${windowText(asked.from, asked.to)}. `}
            <Trans>The figures as they stand, behind a link that needs no account. Nothing else is shown, and they change no more.</Trans>{" "}
            {asked.instance_id !== undefined ? (
              <Trans>Only {alone} is in it, by name.</Trans>
            ) : (
              clients.length > 1 && (
                <>
                  <Plural value={clients.length} one="All # client is in it, by name." other="All # clients are in it, by name." />{" "}
                  <Trans>To share the figures of one, show only that client on the dashboard first.</Trans>
                </>
              )
            )}
          </p>
          <div className="grid gap-13 sm:grid-cols-2">
            <TextField label={t`Title`} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
            <Field label={t`The link works for`}>
              {({ id }) => (
                <Select id={id} value={String(days)} choices={lives.map((value) => ({ value: String(value), label: t`${value} days` }))} onChange={(value) => setDays(Number(value))} />
              )}
            </Field>
          </div>
          <FormRefusal message={refusal} />
          <Button tone="primary" size="normal" type="submit" className="self-start" busy={make.isPending} disabled={name.trim() === ""}>
            <Trans>Make a snapshot</Trans>
          </Button>
        </form>
      ) : (
        <SnapshotLink snapshot={made} onMore={() => setMade(null)} />
      )}
      <h3 className="mt-21 mb-8 text-12 font-semibold">
        <Trans>Those there are</Trans>
      </h3>
      <RecordList<Snapshot> path={path} row={(snapshot) => <SnapshotLine snapshot={snapshot} path={path} />} empty={<EmptyState title={<Trans>None yet</Trans>} />} />
    </Dialog>
  );
}

function SnapshotLine({ snapshot, path }: { snapshot: Snapshot; path: string }) {
  const may = useCan()(...permissions.edit);
  const { id, name } = snapshot;
  const [sure, setSure] = useState(false);
  const revoke = useAct({
    work: () => remove(`/amc/snapshots/${id}`),
    refresh: [[path, "list"], [boardPath]],
    done: () => t`The link of ${name} works no more`,
    refused: t`The link still works`,
  });
  if (sure) {
    return (
      <Line
        title={
          <span className="text-12 font-medium">
            <Trans>Revoke {name}?</Trans>
          </span>
        }
        detail={<Trans>Its link shows nothing from now on, and cannot be brought back.</Trans>}
        actions={
          <>
            <Button onClick={() => setSure(false)}>
              <Trans>Keep it</Trans>
            </Button>
            <Button tone="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
              <Trans>Revoke</Trans>
            </Button>
          </>
        }
      />
    );
  }
  return (
    <Line
      title={<span className="text-12 font-medium">{name}</span>}
      detail={
        <>
          <span>
            <Trans>made {formatShort(snapshot.made_at)}</Trans>
          </span>
          <span>
            <Trans>until {formatInstant(snapshot.expires_at)}</Trans>
          </span>
        </>
      }
      actions={
        may && (
          <Button tone="danger" aria-label={t`Revoke ${name}`} onClick={() => setSure(true)}>
            <Trans>Revoke</Trans>
          </Button>
        )
      }
    />
  );
}
