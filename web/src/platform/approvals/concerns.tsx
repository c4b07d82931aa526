import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { get } from "@/kernel/client";
import { CopyId } from "@/ui/copy-id";
import { PersonName } from "@/ui/person";

import type { Approval, Concern } from "./types";

/** Whom and what a request is about, by name; of a kind nobody names, its id to look it up by. */
export function useConcerns(approval: Approval): [string, ReactNode][] {
  const path = `/approvals/${approval.id}/concerns`;
  const { data } = useQuery({
    queryKey: ["/approvals", approval.id, "concerns"],
    queryFn: ({ signal }) => get<{ items: Concern[] }>(path, { signal }),
  });
  const found = data?.items ?? [];
  if (data !== undefined && found.length === 0) return [[t`Concerns`, <CopyId key="id" value={approval.subject_id} />]];
  return found.map((concern) => [concernWord(concern.label), <Named key={concern.label} concern={concern} />]);
}

function concernWord(label: string): string {
  const words: Record<string, string> = {
    Campaign: t`Campaign`,
    Commitment: t`Commitment`,
    Member: t`Member`,
    Supplier: t`Supplier`,
  };
  return words[label] ?? label;
}

function Named({ concern }: { concern: Concern }) {
  if (concern.user_id !== null) return <PersonName id={concern.user_id} />;
  if (concern.path === null) return <>{concern.text}</>;
  return (
    <Link to={concern.path} className="font-medium text-link underline underline-offset-2">
      {concern.text}
    </Link>
  );
}
