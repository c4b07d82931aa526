import { t } from "@lingui/core/macro";

import type { EventEntry } from "@/kernel/api-types";
import { isRecord } from "@/kernel/stored";

import { plainWord, runWord } from "../words";
import { runStates, type RunState } from "../types";

const isRunState = (value: unknown): value is RunState => runStates.some((state) => state === value);

function changeText(change: unknown): string {
  const words: Record<string, string> = {
    made: t`Made`,
    changed: t`Changed`,
    paused: t`Held`,
    resumed: t`Goes on`,
    retried: t`Failed segments tried again`,
    extended: t`Segments that have begun are added`,
    archived: t`Archived`,
    removed: t`Removed`,
  };
  return typeof change === "string" ? (words[change] ?? plainWord(change)) : t`Changed`;
}

function exportedText(state: unknown): string {
  const words: Record<string, string> = {
    asked: t`Handed to Amazon`,
    kept: t`Amazon keeps a copy`,
    failed: t`Amazon did not take it`,
    leaving: t`Asked back from Amazon`,
  };
  return typeof state === "string" ? (words[state] ?? plainWord(state)) : t`Amazon has no copy any more`;
}

/** What happened, as one says it; of an event nobody gave words the name as it is. */
export function eventText({ name, payload }: EventEntry): string {
  const words: Record<string, string> = {
    "amc.workflow_created.v1": t`Made`,
    "amc.workflow_changed.v1": t`Changed`,
    "amc.workflow_restored.v1": t`An earlier version brought back`,
    "amc.workflow_archived.v1": t`Archived`,
    "amc.workflow_unarchived.v1": t`Brought back into the library`,
    "amc.parameter_set_saved.v1": t`Values kept under a name`,
    "amc.parameter_set_deleted.v1": t`Kept values forgotten`,
    "amc.run_asked.v1": t`Asked for`,
    "amc.run_cancel_asked.v1": t`Somebody asked to end it`,
    "amc.result_exported.v1": t`Rows exported`,
    "amc.result_deleted.v1": t`Rows no longer kept`,
    "amc.schedule_made.v1": t`Made`,
    "amc.schedule_changed.v1": t`Changed`,
    "amc.schedule_paused.v1": t`Held`,
    "amc.schedule_resumed.v1": t`Goes on`,
    "amc.schedule_exported.v1": exportedText(payload["state"]),
    "amc.schedule_fired.v1": t`Fired`,
    "amc.schedule_removed.v1": t`Repeated no more`,
    "amc.instance_changed.v1": t`Set up`,
    "amc.instance_grants_changed.v1": t`Who may use it changed`,
    "amc.mapping_saved.v1": t`Mapping saved`,
  };
  if (name === "amc.run_moved.v1") {
    const to = payload["to_state"];
    return isRunState(to) ? runWord(to) : t`Changed`;
  }
  if (name === "amc.collection_changed.v1" || name === "amc.board_changed.v1") return changeText(payload["change"]);
  return words[name] ?? plainWord(name.replace(/^amc\./, "").replace(/\.v\d+$/, ""));
}

/** The fields that changed, or how many of what. */
export function eventDetail({ payload }: EventEntry): string | undefined {
  if (!isRecord(payload)) return undefined;
  const { fields } = payload;
  if (Array.isArray(fields) && fields.length > 0) return fields.map((field) => plainWord(String(field))).join(", ");
  return undefined;
}
