import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { clsx } from "clsx";

import type { GoalStage } from "./types";

const stages: readonly GoalStage[] = ["under_20", "20", "50", "75", "100"];

const over = new Set(["completed", "failing", "failed", "cancelling", "cancelled", "unwinding", "unwound"]);

/** A campaign in this state gathers nothing any more: what it reached is past. */
export function isOver(state: string): boolean {
  return over.has(state);
}

export function goalText(stage: GoalStage, past = false): string {
  return past ? pastText(stage) : presentText(stage);
}

function pastText(stage: GoalStage): string {
  if (stage === "under_20") return t`Less than 20 % of the goal was committed`;
  if (stage === "20") return t`At least 20 % of the goal was committed`;
  if (stage === "50") return t`At least 50 % of the goal was committed`;
  if (stage === "75") return t`At least 75 % of the goal was committed`;
  return t`The goal was reached`;
}

function presentText(stage: GoalStage): string {
  if (stage === "under_20") return t`Less than 20 % of the goal is committed`;
  if (stage === "20") return t`At least 20 % of the goal is committed`;
  if (stage === "50") return t`At least 50 % of the goal is committed`;
  if (stage === "75") return t`At least 75 % of the goal is committed`;
  return t`The goal is reached`;
}

interface GoalBandProps {
  stage: GoalStage;
  /** Present only where the organisation discloses them. */
  perCent?: number | null;
  units?: number | null;
  /** The campaign has ended. */
  over?: boolean;
}

/** How far, in the published bands: a still picture with its sentence beside it. */
export function GoalBand({ stage, perCent = null, units = null, over: past = false }: GoalBandProps) {
  const reached = stages.indexOf(stage);
  return (
    <div>
      <div aria-hidden className="flex gap-3">
        {stages.slice(1).map((name, index) => (
          <span key={name} className="flex-1">
            <span
              className={clsx(
                "block h-8 rounded-2 border",
                index < reached ? "border-ink bg-highlight" : "border-line-strong bg-paper",
              )}
            />
            <span className="label mt-3 block text-right">{name} %</span>
          </span>
        ))}
      </div>
      <p className="mt-3 text-16">{goalText(stage, past)}</p>
      {perCent !== null && (
        <p className="text-16 text-muted">
          {units === null ? (
            <Trans>{perCent} % of the goal</Trans>
          ) : (
            <Trans>
              <Plural value={units} one="# unit" other="# units" />, {perCent} % of the goal
            </Trans>
          )}
        </p>
      )}
    </div>
  );
}
