import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import type { FormerMember, Member, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCan, useMe } from "@/kernel/me";
import { CopyId } from "./copy-id";

const most = 200;
const minutes = 300_000;

/** Who it was: by name where one may see the members, else by the id that the log holds. */
export function PersonName({ id, kind = "user" }: { id: string | null; kind?: string }) {
  const name = usePersonName(id);
  if (id === null) return <>{kind === "system" ? t`the system` : "–"}</>;
  return name === null ? <CopyId value={id} /> : <>{name}</>;
}

/**
 * Somebody's name, null while it is not known. Who has left is named as long as the organisation may;
 * an erased person is "Former member" everywhere.
 */
export function usePersonName(id: string | null): string | null {
  const me = useMe();
  const can = useCan();
  const mine = me !== undefined && me.user.id === id;
  const asks = id !== null && !mine && can("tenancy:members");
  const members = useQuery({
    queryKey: ["/members", "names"],
    queryFn: ({ signal }) => get<Page<Member>>("/members", { signal, query: { limit: most } }),
    enabled: asks,
    staleTime: minutes,
    retry: false,
  });
  const member = members.data?.items.find((each) => each.user_id === id);
  const former = useQuery({
    queryKey: ["/members/former", "names"],
    queryFn: ({ signal }) => get<Page<FormerMember>>("/members/former", { signal, query: { limit: most } }),
    enabled: asks && members.data !== undefined && member === undefined,
    staleTime: minutes,
    retry: false,
  });
  if (mine) return me.user.display_name;
  if (member !== undefined) return member.display_name;
  const left = former.data?.items.find((each) => each.user_id === id);
  return left?.is_erased === true ? t`Former member` : (left?.display_name ?? null);
}
