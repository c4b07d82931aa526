import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import type { Member, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCan, useMe } from "@/kernel/me";
import { CopyId } from "./copy-id";

/** Who it was: by name where one may see the members, else by the id that the log holds. */
export function PersonName({ id, kind = "user" }: { id: string | null; kind?: string }) {
  const name = usePersonName(id);
  if (id === null) return <>{kind === "system" ? t`the system` : "–"}</>;
  return name === null ? <CopyId value={id} /> : <>{name}</>;
}

export function usePersonName(id: string | null): string | null {
  const me = useMe();
  const can = useCan();
  const mine = me !== undefined && me.user.id === id;
  const { data } = useQuery({
    queryKey: ["/members", "names"],
    queryFn: ({ signal }) => get<Page<Member>>("/members", { signal, query: { limit: 200 } }),
    enabled: id !== null && !mine && can("tenancy:members"),
    staleTime: 300_000,
    retry: false,
  });
  if (mine) return me.user.display_name;
  return data?.items.find((member) => member.user_id === id)?.display_name ?? null;
}
