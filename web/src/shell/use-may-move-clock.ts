import { useMe } from "@/kernel/me";
import { may } from "@/kernel/modules";

/** Only a sandbox has a clock that can be moved. */
export function useMayMoveClock(): boolean {
  const me = useMe();
  return me?.tenant?.is_sandbox === true && may(me, "tenancy:clock");
}
