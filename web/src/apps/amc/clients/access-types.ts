import type { Id } from "@/kernel/api-types";

export type Level = "read" | "run" | "edit";

/** Who may work with a client; while nobody is named, everybody who may use AMC. */
export interface Grants {
  instance_id: Id;
  users: { user_id: Id; display_name: string | null; email: string | null; level: Level }[];
  roles: { role_id: Id; name: string | null; level: Level }[];
  version: number;
}

/** One line of the list: a person or a role. */
export interface Named {
  kind: "user" | "role";
  id: Id;
  name: string;
  level: Level;
}

export function linesOf(grants: Grants): Named[] {
  const users = grants.users.map(
    ({ user_id: id, display_name: name, email, level }): Named => ({ kind: "user", id, name: name ?? email ?? id, level }),
  );
  return [
    ...users,
    ...grants.roles.map(({ role_id: id, name, level }): Named => ({ kind: "role", id, name: name ?? id, level })),
  ];
}

export function bodyOf(lines: readonly Named[]) {
  const of = (kind: Named["kind"]) => lines.filter((line) => line.kind === kind);
  return {
    users: of("user").map(({ id, level }) => ({ user_id: id, level })),
    roles: of("role").map(({ id, level }) => ({ role_id: id, level })),
  };
}
