import { plural, t } from "@lingui/core/macro";

import type { Grant } from "../types";
import { word } from "../word";

/** "Everything, everywhere" or "Tenants: read (2 tenants)". */
export function grantSaid(grant: Grant): string {
  const what =
    grant.resource === "*"
      ? grant.action === "*"
        ? t`Everything`
        : t`Any ${grant.action}`
      : grant.action === "*"
        ? word(grant.resource)
        : `${word(grant.resource)}: ${grant.action}`;
  const count = grant.subject_ids.length;
  const where =
    grant.scope === "all"
      ? t`everywhere`
      : grant.scope === "accounts"
        ? plural(count, { one: "in # account", other: "in # accounts" })
        : plural(count, { one: "in # tenant", other: "in # tenants" });
  return `${what} ${where}`;
}

export function grantsSaid(grants: readonly Grant[]): string {
  if (grants.length === 0) return t`No right yet`;
  const most = 3;
  const said = grants.slice(0, most).map(grantSaid).join("; ");
  const more = grants.length - most;
  return more > 0 ? t`${said}; ${more} more` : said;
}
