import { ModuleSwitches } from "@/ui/module-switches";

import { useMay } from "../use-access";

export function ModulesTab({ tenantId }: { tenantId: string }) {
  const may = useMay();
  return (
    <ModuleSwitches
      path={`/admin/tenants/${tenantId}/modules`}
      queryKey={["/admin/tenants", tenantId, "modules"]}
      maySwitch={may("tenants:write")}
    />
  );
}
