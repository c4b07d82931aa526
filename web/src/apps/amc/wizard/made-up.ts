import type { Client } from "../types";
import type { Plan } from "./plan";

/** What a run asks of AMC: made-up data are in sandboxes and the local AMC, and they alone leave uncontrolled. */
export function madeUpOf({ is_sandbox: sandbox, connection }: Pick<Client, "is_sandbox" | "connection">, { madeUp, uncontrolled }: Pick<Plan, "madeUp" | "uncontrolled">) {
  const required = sandbox || (connection.is_twin && madeUp);
  return { required, uncontrolled: required && uncontrolled };
}
