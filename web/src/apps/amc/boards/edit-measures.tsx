import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { Tabs } from "@/ui/tabs";
import { useAct } from "@/ui/use-act";

import { bodyOf, isWhole } from "./draft";
import { MeasureList } from "./measure-list";
import { PlaceList } from "./place-list";
import type { Board } from "./types";
import { boardPath } from "./use-board";
import { useColumnsOf } from "./use-columns-of";

/** Which measures a dashboard has and what each is made of; in what order and how they are shown. */
export function EditMeasures({ board, onClose }: { board: Board; onClose: () => void }) {
  const columns = useColumnsOf(board.collection.id) ?? [];
  const [measures, setMeasures] = useState(board.measures);
  const [layout, setLayout] = useState(board.layout);
  const [tab, setTab] = useState("measures");
  const [refusal, setRefusal] = useState<string>();
  const save = useAct({
    work: () => patch<Board>(`${boardPath}/${board.id}`, bodyOf(measures, layout), { version: board.version }),
    refresh: [[boardPath]],
    done: () => t`The measures are saved`,
    refused: t`The measures stay as they were`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(
        problem.status === 412 ? t`Somebody else changed this dashboard meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said),
      ),
  });
  const ready = measures.length > 0 && measures.every(isWhole);
  const shown = layout.filter(({ measure_id: id }) => measures.some((measure) => measure.id === id));
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Measures</Trans>}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        <Tabs
          label={t`Measures and places`}
          value={tab}
          onChange={setTab}
          tabs={[
            {
              value: "measures",
              label: <Trans>What is measured</Trans>,
              content: (
                <MeasureList
                  measures={measures}
                  columns={columns}
                  onChange={setMeasures}
                  onAdd={(made) => {
                    setMeasures([...measures, made]);
                    setLayout([...layout, { measure_id: made.id, chart: "line", width: 1 }]);
                  }}
                />
              ),
            },
            { value: "places", label: <Trans>Where it stands</Trans>, content: <PlaceList layout={shown} measures={measures} onChange={setLayout} /> },
          ]}
        />
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
