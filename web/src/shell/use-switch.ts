import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";

import type { Membership } from "@/kernel/api-types";
import { asProblem } from "@/kernel/problem";
import { switchOrganisation } from "@/kernel/session";
import { say, sayRefused } from "@/ui/toast";

/** Goes over to another organisation and starts from its first page. */
export function useSwitch(): (to: Membership) => Promise<void> {
  const navigate = useNavigate();
  return async ({ tenant_id: id, name }) => {
    try {
      await switchOrganisation(id, () => navigate({ to: "/" }));
      say({ title: t`You are now in ${name}` });
    } catch (error) {
      sayRefused(t`Still in the same organisation`, asProblem(error).said);
    }
  };
}
