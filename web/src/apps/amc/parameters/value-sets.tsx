import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { BookmarkMinus, BookmarkPlus } from "lucide-react";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { useAttempt } from "@/kernel/attempt";
import { get, post, remove } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { say } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Parameter, ParameterSet } from "../types";
import { begin, toSent, type Typed } from "./values";

interface ValueSetsProps {
  workflowId: string;
  parameters: readonly Parameter[];
  /** What somebody typed; what a client's mapping gave is that client's own and not kept. */
  typed: Typed;
  onTake: (typed: Typed) => void;
}

/** Values kept under a name: taken over as they are, or kept for the next time. */
export function ValueSets({ workflowId, parameters, typed, onTake }: ValueSetsProps) {
  const path = `/amc/workflows/${workflowId}/parameter-sets`;
  const can = useCan();
  const [naming, setNaming] = useState(false);
  const [taken, setTaken] = useState<ParameterSet | null>(null);
  const keepAgain = useAct({
    work: (set: ParameterSet) => post<ParameterSet>(path, { name: set.name, values: set.values }, { idempotencyKey: newId() }),
    refresh: [[path]],
    refused: t`The values were not kept`,
  });
  const forget = useAct({
    work: (set: ParameterSet) => remove(`${path}/${set.id}`),
    refresh: [[path]],
    refused: t`The values stay`,
    onDone: (_, set) => {
      setTaken(null);
      say({ title: t`${set.name} is forgotten`, undo: () => keepAgain.mutate(set) });
    },
  });
  const { data } = useQuery({ queryKey: [path], queryFn: ({ signal }) => get<Page<ParameterSet>>(path, { signal }) });
  const sets = data?.items ?? [];
  const values = toSent(parameters, typed);
  const take = (id: string) => {
    const chosen = sets.find((set) => set.id === id);
    if (chosen !== undefined) onTake(begin(parameters.filter(({ name }) => chosen.values[name] !== undefined), chosen.values));
  };
  return (
    <div className="mb-13 flex flex-wrap items-center gap-8">
      {taken !== null && can(...permissions.edit) && (
        <Button className="order-1" icon={<BookmarkMinus size={13} aria-hidden />} busy={forget.isPending} onClick={() => forget.mutate(taken)}>
          <Trans>Forget {taken.name}</Trans>
        </Button>
      )}
      {sets.length > 0 && (
        <div className="w-233">
          <Select
            dense
            label={t`Kept values`}
            value=""
            choices={[{ value: "", label: t`Take kept values` }, ...sets.map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={(id) => {
              setTaken(sets.find((set) => set.id === id) ?? null);
              take(id);
            }}
          />
        </div>
      )}
      {can(...permissions.edit) && Object.keys(values).length > 0 && (
        <Button icon={<BookmarkPlus size={13} aria-hidden />} onClick={() => setNaming(true)}>
          <Trans>Keep these values</Trans>
        </Button>
      )}
      {naming && <KeepValues path={path} values={values} onClose={() => setNaming(false)} />}
    </div>
  );
}

function KeepValues({ path, values, onClose }: { path: string; values: Record<string, unknown>; onClose: () => void }) {
  const [name, setName] = useState("");
  const attempt = useAttempt();
  const keep = useAct({
    work: () => {
      const body = { name: name.trim(), values };
      return post<ParameterSet>(path, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[path]],
    done: (set) => t`Kept as ${set.name}`,
    refused: t`The values were not kept`,
    onDone: onClose,
    onRefused: attempt.refused,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Keep these values</Trans>}>
      {/* It stands inside the form of a run: its own form would send that one as well. */}
      <TextField
        label={t`Name`}
        autoFocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (name.trim() !== "") keep.mutate();
        }}
      />
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        <Button tone="primary" size="normal" busy={keep.isPending} disabled={name.trim() === ""} onClick={() => keep.mutate()}>
          <Trans>Keep</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
