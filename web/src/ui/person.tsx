import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import type { FormerMember, Member, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCan, useMe } from "@/kernel/me";
import { CopyId } from "./copy-id";

// Each names its row type.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function usePeople<Row>(path: string, enabled: boolean): readonly Row[] | undefined {
  const { data } = useQuery({
    queryKey: [path, "names"],
    queryFn: ({ signal }) => get<Page<Row>>(path, { signal, query: { limit: 200 } }),
    enabled,
    staleTime: 300_000,
    retry: false,
  });
  return data?.items;
}

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
  const members = usePeople<Member>("/members", asks);
  const member = members?.find((each) => each.user_id === id);
  const former = usePeople<FormerMember>("/members/former", asks && members !== undefined && member === undefined);
  if (mine) return me.user.display_name;
  if (member !== undefined) return member.display_name;
  const left = former?.find((each) => each.user_id === id);
  return left?.is_erased === true ? t`Former member` : (left?.display_name ?? null);
}
