import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";

import { get, put } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { Mapping } from "../catalogue/types";
import { permissions } from "../permissions";
import type { Client } from "../types";
import { AddBrand } from "./add-brand";
import { BrandCard } from "./brand-card";
import { MappingConflict } from "./mapping-conflict";
import { mappingFits, mappingOf, useMappingDraft } from "./mapping-draft";
import { clientPath } from "./use-client";

/** Which brands a client has, and which products and campaigns are theirs: values fill themselves from it. */
export function MappingTab({ client }: { client: Client }) {
  const path = `${clientPath}/${client.id}/mapping`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [clientPath, client.id, "mapping"],
    queryFn: ({ signal }) => get<Mapping>(path, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={5} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Brands client={client} saved={data} path={path} />;
}

function Brands({ client, saved, path }: { client: Client; saved: Mapping; path: string }) {
  const can = useCan();
  const queries = useQueryClient();
  const mayEdit = can(...permissions.edit);
  const draft = useMappingDraft(client.id, saved);
  const done = useRef<number | null>(null);
  const { brands } = draft;
  const key = [clientPath, client.id, "mapping"];
  const save = useAct({
    work: () => put<Mapping>(path, { brands: brands.map(mappingOf) }, { version: draft.version }),
    // What fills values from it is asked anew; the mapping itself came with the answer.
    refresh: [[clientPath, client.id, "fill"]],
    done: () => t`The mapping of ${client.name} is saved`,
    refused: t`The mapping is not saved`,
    onDone: (next) => {
      queries.setQueryData(key, next);
      done.current = next.version;
    },
    onRefused: ({ status }) => {
      if (status === 412) void queries.invalidateQueries({ queryKey: key });
    },
  });
  // Only once what was saved stands here: without either of them an opened brand would be drawn away.
  useLayoutEffect(() => {
    if (done.current === null || saved.version < done.current) return;
    done.current = null;
    draft.drop();
  });
  return (
    <>
      <p className="label mb-13 max-w-618">
        <Trans>Parameters that ask for brands, products or campaigns fill themselves from here; what is typed by hand wins.</Trans>
      </p>
      {draft.overtaken && (
        <MappingConflict
          mine={brands}
          theirs={saved}
          onTheirs={draft.drop}
          onMine={() => draft.change([...brands], saved.version)}
        />
      )}
      {brands.length === 0 ? (
        <Sheet className="mb-21">
          <EmptyState title={<Trans>No brand yet</Trans>}>
            <Trans>Add a brand of this client: what the catalogue knows of it comes along.</Trans>
          </EmptyState>
        </Sheet>
      ) : (
        <ul className="mb-21 flex flex-col gap-8">
          {brands.map((brand, index) => (
            <li key={index}>
              <BrandCard
                brand={brand}
                mayEdit={mayEdit}
                onChange={(next) => draft.change(brands.map((one, at) => (at === index ? next : one)))}
                onRemove={() => draft.change(brands.filter((_, at) => at !== index))}
              />
            </li>
          ))}
        </ul>
      )}
      {mayEdit && <AddBrand taken={brands.map(({ name }) => name)} onAdd={(brand) => draft.change([...brands, brand])} />}
      <div className="mt-21 flex flex-wrap items-center gap-8">
        {mayEdit && (
          <>
            <Button
              tone="primary"
              size="normal"
              busy={save.isPending}
              disabled={!draft.dirty || draft.overtaken || !mappingFits(brands)}
              onClick={() => save.mutate()}
            >
              <Trans>Save the mapping</Trans>
            </Button>
            {draft.dirty && (
              <Button size="normal" onClick={draft.drop}>
                <Trans>Give up what is not saved</Trans>
              </Button>
            )}
          </>
        )}
        {saved.saved_at !== null && (
          <span className="label">
            <Trans>Saved {formatShort(saved.saved_at)} by</Trans> <PersonName id={saved.saved_by} />
          </span>
        )}
      </div>
    </>
  );
}
