import { Trans } from "@lingui/react/macro";

import { asProblem } from "@/kernel/problem";
import { Checkbox } from "@/ui/checkbox";
import { FormRefusal } from "@/ui/field";
import { Loading, Skeleton } from "@/ui/skeleton";

import { roleWords } from "./role-words";
import { useRoles } from "./use-roles";

interface RolePickerProps {
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}

export function RolePicker({ chosen, onChange }: RolePickerProps) {
  const { data, error, isPending } = useRoles();
  if (isPending) {
    return (
      <Loading>
        <Skeleton className="h-55" />
      </Loading>
    );
  }
  if (error !== null) return <FormRefusal message={asProblem(error).said} />;
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-8 text-12 font-medium">
        <Trans>Roles</Trans>
      </legend>
      {data.items.map((role) => (
        <Checkbox
          key={role.id}
          checked={chosen.includes(role.id)}
          onChange={(on) => onChange(on ? [...chosen, role.id] : chosen.filter((id) => id !== role.id))}
          label={roleWords([role.name])}
          hint={role.description}
        />
      ))}
    </fieldset>
  );
}
