import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { SignIn, WaitingInvitation } from "@/kernel/api-types";
import { get, post } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { sayRefused } from "@/ui/toast";

import { useArrival } from "./use-arrival";

interface WaitingInvitationsProps {
  /** What stands there when nothing waits, or when it cannot be told. */
  otherwise: ReactNode;
  /** What stands there until it is known. */
  meanwhile: ReactNode;
  children: (list: ReactNode) => ReactNode;
}

/** The invitations sent to one's own address: joined here, without the link of their mail. */
export function WaitingInvitations({ otherwise, meanwhile, children }: WaitingInvitationsProps) {
  const waiting = useQuery({
    queryKey: ["/invitations/waiting"],
    queryFn: ({ signal }) => get<{ items: WaitingInvitation[] }>("/invitations/waiting", { signal }),
  });
  if (waiting.isPending) return meanwhile;
  const items = waiting.data?.items ?? [];
  if (items.length === 0) return otherwise;
  return children(
    <ul className="flex w-full flex-col gap-8">
      {items.map((item) => (
        <Waiting key={item.id} item={item} />
      ))}
    </ul>,
  );
}

function Waiting({ item }: { item: WaitingInvitation }) {
  const arrive = useArrival();
  const name = item.organisation_name;
  const join = useMutation({
    mutationFn: () => post<SignIn>("/invitations/accept", { invitation_id: item.id }),
    onSuccess: arrive,
    onError: (error) => sayRefused(t`You have not joined ${name}`, asProblem(error).said),
  });
  const end = formatShort(item.expires_at);
  return (
    <li className="flex items-center justify-between gap-13 rounded-8 border border-line bg-paper p-13 text-left">
      <span className="min-w-0">
        <span className="block text-16 font-medium break-words text-ink">{name}</span>
        <span className="block text-12 text-muted">
          <Trans>ends {end}</Trans>
        </span>
      </span>
      <Button tone="primary" busy={join.isPending} aria-label={t`Join ${name}`} onClick={() => join.mutate()}>
        <Trans>Join</Trans>
      </Button>
    </li>
  );
}
