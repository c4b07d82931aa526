import { t } from "@lingui/core/macro";

import { Badge } from "@/ui/badge";

import type { OrganiserCommitment } from "./commitment-types";

type Link = OrganiserCommitment["linked_as"];

export function linkedWord(link: Link): string {
  if (link === "organiser") return t`The organiser's own`;
  if (link === "supplier") return t`The supplier's own`;
  return link === "staff" ? t`A colleague's` : "";
}

/** Units of those who run or supply a campaign are no sign of demand: said beside each. */
export function LinkedMark({ link }: { link: Link }) {
  return link === null ? null : <Badge tone="warn">{linkedWord(link)}</Badge>;
}
