import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";

import { Button } from "@/ui/button";

import type { PublicCampaign } from "../types";

export function stepNames(): string[] {
  return [t`What you join`, t`How it works`, t`The path of the money`, t`What happens next`, t`Confirm`];
}

interface StepFrameProps {
  campaign: PublicCampaign;
  step: number;
  heading: string;
  onBack?: () => void;
  children: ReactNode;
}

export function StepFrame({ campaign, step, heading, onBack, children }: StepFrameProps) {
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => place.current?.focus(), [step]);
  return (
    <div className="mx-auto max-w-618">
      <p className="label">{campaign.title}</p>
      <ol aria-label={t`Steps`} className="mt-8 mb-21 flex gap-5">
        {stepNames().map((name, index) => (
          <li key={name} aria-current={index + 1 === step ? "step" : undefined} className="flex-1">
            <span
              className={clsx("block h-3 rounded-full", index < step ? "bg-ink" : "bg-line")}
              title={name}
            />
            <span className="sr-only">{name}</span>
          </li>
        ))}
      </ol>
      <p className="label">
        <Trans>Step {step} of 5</Trans>
      </p>
      <h1 ref={place} tabIndex={-1} className="mb-21 text-26 font-semibold outline-none">
        {heading}
      </h1>
      {children}
      {onBack !== undefined && (
        <Button tone="quiet" className="mt-13" icon={<ArrowLeft size={13} aria-hidden />} onClick={onBack}>
          <Trans>One step back</Trans>
        </Button>
      )}
    </div>
  );
}

export function NextButton({ onNext, disabled = false }: { onNext: () => void; disabled?: boolean }) {
  return (
    <Button tone="primary" size="normal" className="mt-21 w-full sm:w-auto" disabled={disabled} onClick={onNext}>
      <Trans>Go on</Trans>
    </Button>
  );
}

/** Short paragraphs with a heading each: a step is read, not skimmed. */
export function Told({ points }: { points: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {points.map(([heading, text]) => (
        <div key={heading} className="border-b border-line py-13 first:pt-0 last:border-0">
          <dt className="text-16 font-semibold">{heading}</dt>
          <dd className="text-16 text-pretty text-muted">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
