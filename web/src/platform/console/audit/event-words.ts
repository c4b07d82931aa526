import { word } from "../word";

/** "tenancy.tenant_changed.v1" as "Tenant changed". */
export function eventWords(name: string): string {
  return word(name.split(".")[1] ?? name);
}
