import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ArrowDown, ArrowUp, ChevronDown, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button, IconButton } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { bodyOf, draftOf, freshMeasure, isWhole, movedTo, type DraftMeasure } from "./draft";
import { MeasureFields } from "./measure-fields";
import type { Board } from "./types";
import { boardPath } from "./use-board";
import { useColumnsOf } from "./use-columns-of";
import { kindWord } from "./words";

/** Which measures a dashboard has, what each is made of, in what order and how wide it is shown. */
export function EditMeasures({ board, onClose }: { board: Board; onClose: () => void }) {
  const columns = useColumnsOf(board.collection.id) ?? [];
  const [drafts, setDrafts] = useState(() => draftOf(board));
  const [opened, setOpened] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const save = useAct({
    work: () => patch<Board>(`${boardPath}/${board.id}`, bodyOf(drafts), { version: board.version }),
    refresh: [[boardPath]],
    done: () => t`The measures are saved`,
    refused: t`The measures stay as they were`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(
        problem.status === 412 ? t`Somebody else changed this dashboard meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said),
      ),
  });
  const add = () => {
    const made = freshMeasure(columns, drafts.map(({ id }) => id));
    setDrafts([...drafts, made]);
    setOpened(made.id);
  };
  const ready = drafts.length > 0 && drafts.every(isWhole);
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Measures</Trans>}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        <ol className="rounded-8 border border-line">
          {drafts.map((measure, index) => (
            <li key={measure.id} className="border-b border-line last:border-0">
              <MeasureHead
                measure={measure}
                open={opened === measure.id}
                onOpen={() => setOpened(opened === measure.id ? null : measure.id)}
                first={index === 0}
                last={index === drafts.length - 1}
                onMove={(by) => setDrafts(movedTo(drafts, index, index + by))}
                onRemove={() => setDrafts(drafts.filter(({ id }) => id !== measure.id))}
              />
              {opened === measure.id && (
                <div className="border-t border-line bg-ground p-13">
                  <MeasureFields
                    measure={measure}
                    columns={columns}
                    onChange={(next) => setDrafts(drafts.map((each) => (each.id === next.id ? next : each)))}
                  />
                </div>
              )}
            </li>
          ))}
        </ol>
        <Button className="mt-8" icon={<Plus size={13} aria-hidden />} onClick={add}>
          <Trans>One more measure</Trans>
        </Button>
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={!ready}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface MeasureHeadProps {
  measure: DraftMeasure;
  open: boolean;
  first: boolean;
  last: boolean;
  onOpen: () => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function MeasureHead({ measure, open, first, last, onOpen, onMove, onRemove }: MeasureHeadProps) {
  const { label } = measure;
  return (
    <div className="flex items-center gap-2 pr-5">
      <button type="button" aria-expanded={open} onClick={onOpen} className="flex min-h-44 min-w-0 flex-1 items-center gap-8 px-13 text-left text-12">
        <ChevronDown size={13} aria-hidden className={open ? "shrink-0" : "shrink-0 -rotate-90"} />
        <span className="min-w-0 truncate font-medium">{label}</span>
        <span className="min-w-0 truncate text-muted max-sm:hidden">{kindWord(measure.kind)}</span>
      </button>
      <IconButton label={t`Move ${label} up`} disabled={first} onClick={() => onMove(-1)} className="disabled:opacity-34">
        <ArrowUp size={13} aria-hidden />
      </IconButton>
      <IconButton label={t`Move ${label} down`} disabled={last} onClick={() => onMove(1)} className="disabled:opacity-34">
        <ArrowDown size={13} aria-hidden />
      </IconButton>
      <IconButton label={t`Take ${label} away`} onClick={onRemove}>
        <Trash2 size={13} aria-hidden />
      </IconButton>
    </div>
  );
}
