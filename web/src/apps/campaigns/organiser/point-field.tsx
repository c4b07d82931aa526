import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { get, post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { ConsolidationPoint } from "../types";
import type { CampaignValues } from "./form-schema";

const key = ["/consolidation-points"];

/** Where a bulk delivery arrives: one that is known, or a new one made on the way. */
export function PointField({ form }: { form: UseFormReturn<CampaignValues> }) {
  const [adding, setAdding] = useState(false);
  const chosen = useWatch({ control: form.control, name: "consolidation_point_id" });
  const error = form.formState.errors.consolidation_point_id?.message;
  const { data = [] } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<ConsolidationPoint[]>("/consolidation-points", { signal }),
  });
  const choose = (id: string) => form.setValue("consolidation_point_id", id, { shouldDirty: true });
  return (
    <div className="flex items-end gap-8">
      <Field label={t`Consolidation point`} className="flex-1" {...(error === undefined ? {} : { error })}>
        {({ id }) => (
          <Select
            id={id}
            value={data.some((point) => point.id === chosen) ? chosen : ""}
            choices={[
              { value: "", label: t`Not chosen yet` },
              ...data.map((point) => ({ value: point.id, label: `${point.name} · ${point.address}` })),
            ]}
            onChange={choose}
          />
        )}
      </Field>
      <Button size="normal" onClick={() => setAdding(true)}>
        <Trans>New</Trans>
      </Button>
      {adding && <AddPoint onClose={() => setAdding(false)} onAdded={(point) => choose(point.id)} />}
    </div>
  );
}

interface AddPointProps {
  onClose: () => void;
  onAdded: (point: ConsolidationPoint) => void;
}

function AddPoint({ onClose, onAdded }: AddPointProps) {
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const add = useAct({
    work: () => post<ConsolidationPoint>("/consolidation-points", { name: name.trim(), address: address.trim() }),
    refresh: [key],
    refused: t`The point was not added`,
    onDone: (point) => {
      onAdded(point);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>New consolidation point</Trans>}>
      <div className="flex flex-col gap-21">
        <TextField label={t`Name`} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t`Address`} value={address} onChange={(event) => setAddress(event.target.value)} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            busy={add.isPending}
            disabled={name.trim() === "" || address.trim() === ""}
            onClick={() => add.mutate()}
          >
            <Trans>Add</Trans>
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
