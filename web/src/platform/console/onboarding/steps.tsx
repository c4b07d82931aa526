import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";
import { clsx } from "clsx";
import { CircleAlert, CircleCheck, CircleDashed, Loader, Undo2, type LucideIcon } from "lucide-react";

import type { OnboardingStep } from "../types";
import { word } from "../word";

function stepWords(name: string): string {
  const words: Record<string, string> = {
    account: t`Client account`,
    space: t`Tenant and its space`,
    first_user: t`First owner`,
    application: t`First application`,
    api_key: t`API key`,
    branding: t`Colours and limits`,
    welcome: t`Welcome mail`,
    follow_ups: t`Follow-ups after a day and a week`,
  };
  return words[name] ?? word(name);
}

const looks: Record<string, { icon: LucideIcon; colour: string }> = {
  waiting: { icon: CircleDashed, colour: "text-muted" },
  running: { icon: Loader, colour: "text-info" },
  done: { icon: CircleCheck, colour: "text-ok" },
  failed: { icon: CircleAlert, colour: "text-bad" },
  undone: { icon: Undo2, colour: "text-muted" },
};
const waiting = { icon: CircleDashed, colour: "text-muted" };

function stateWords(state: string): string {
  const words: Record<string, string> = {
    waiting: t`waiting`,
    running: t`at work`,
    done: t`done`,
    failed: t`failed`,
    undone: t`taken back`,
  };
  return words[state] ?? state;
}

function seconds({ started_at: from, finished_at: to }: OnboardingStep): string | null {
  if (from === null || to === null) return null;
  const taken = (new Date(to).getTime() - new Date(from).getTime()) / 1000;
  // A step that ran within one transaction begins and ends at the same instant.
  return taken < 0.05 ? null : t`${taken.toFixed(1)} s`;
}

export function Steps({ steps }: { steps: readonly OnboardingStep[] }) {
  return (
    <ol>
      {steps.map((step) => {
        const { icon: Icon, colour } = looks[step.state] ?? waiting;
        const taken = seconds(step);
        return (
          <li key={step.name} className="flex items-start gap-13 border-b border-line py-8 last:border-0">
            <Icon size={18} aria-hidden className={clsx("mt-5 shrink-0", colour)} />
            <div className="min-w-0 flex-1">
              <p className={clsx("text-16", step.state === "waiting" && "text-muted")}>{stepWords(step.name)}</p>
              {step.last_error !== null && step.state !== "done" && (
                <p className="text-12 break-words text-bad">{step.last_error}</p>
              )}
              {step.attempts > 1 && (
                <p className="label">
                  <Plural value={step.attempts} one="# attempt" other="# attempts" />
                </p>
              )}
            </div>
            <span className="label shrink-0 pt-5 text-right">
              {stateWords(step.state)}
              {taken !== null && <> · {taken}</>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
