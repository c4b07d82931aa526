import { toSent } from "../parameters/values";
import type { Start } from "./plan";
import type { Ready } from "./schedule-steps";

/** A schedule as the server takes it. */
export function bodyOf(start: Start, { plan, parameters }: Ready) {
  return {
    name: plan.name.trim(),
    workflow_id: start.workflow.id,
    instance_id: start.instance.id,
    values: toSent(parameters, plan.typed),
    window: plan.window,
    kind: plan.rhythm,
    time_zone: plan.zone,
    catch_up: plan.catchUp,
    auto_pause_after: plan.autoPause,
    destination_ids: plan.destinations,
  };
}
