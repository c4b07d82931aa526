import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { get } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { ConsolidationPoint } from "../types";
import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";

const AddPoint = lazy(() => import("./add-point"));

const key = ["/consolidation-points"];

/** Where a bulk delivery arrives: one that is known, or a new one made on the way. */
export function PointField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "consolidation_point_id");
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
      <Field label={t`Consolidation point`} className="flex-1" {...(error === undefined ? {} : { error })} {...(why === undefined ? {} : { hint: why })}>
        {({ id }) => (
          <Select
            id={id}
            disabled={why !== undefined}
            value={data.some((point) => point.id === chosen) ? chosen : ""}
            choices={[
              { value: "", label: t`Not chosen yet` },
              ...data.filter((point) => point.archived_at == null || point.id === chosen).map((point) => ({ value: point.id, label: `${point.name} · ${point.address}` })),
            ]}
            onChange={choose}
          />
        )}
      </Field>
      {why === undefined && (
        <Button size="normal" onClick={() => setAdding(true)}>
          <Trans>New</Trans>
        </Button>
      )}
      {adding && (
        <Suspense>
          <AddPoint onClose={() => setAdding(false)} onAdded={(point) => choose(point.id)} />
        </Suspense>
      )}
    </div>
  );
}
