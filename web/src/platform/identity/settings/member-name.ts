import type { Member } from "@/kernel/api-types";

/** Name, else address, else the end of the id: an erased person keeps neither. */
export function memberName({ display_name: name, email, user_id }: Member): string {
  return name === null || name === "" ? (email ?? `…${user_id.slice(-8)}`) : name;
}
