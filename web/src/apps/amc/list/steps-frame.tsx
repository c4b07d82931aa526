import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";

import { Button } from "@/ui/button";

interface StepsFrameProps {
  /** Where this belongs to, with a link back. */
  above: ReactNode;
  step: number;
  names: readonly string[];
  onBack?: () => void;
  children: ReactNode;
}

/** A form in steps: how far one is, the name of the step, its fields, one step back. */
export function StepsFrame({ above, step, names, onBack, children }: StepsFrameProps) {
  const place = useRef<HTMLHeadingElement>(null);
  const steps = names.length;
  useEffect(() => place.current?.focus(), [step]);
  return (
    <div className="mx-auto max-w-618">
      <div className="label">{above}</div>
      <ol aria-label={t`Steps`} className="mt-8 mb-21 flex gap-5">
        {names.map((name, index) => (
          <li key={name} aria-current={index + 1 === step ? "step" : undefined} className="flex-1">
            <span className={clsx("block h-3 rounded-full", index < step ? "bg-ink" : "bg-line")} title={name} />
            <span className="sr-only">{name}</span>
          </li>
        ))}
      </ol>
      <p className="label">
        <Trans>
          Step {step} of {steps}
        </Trans>
      </p>
      <h1 ref={place} tabIndex={-1} className="mb-21 text-26 font-semibold outline-none">
        {names[step - 1]}
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
