import { t } from "@lingui/core/macro";
import { useState } from "react";

import { Field, inputClass } from "@/ui/field";

import { isUsual, withDay, type AskedDays } from "./days";

/** Any two days, as they stand in the address. */
export function AskedDaysFields({ days, onDays }: { days: AskedDays; onDays: (days: AskedDays) => void }) {
  return (
    <div role="group" aria-label={t`Days on which runs were asked for`} className="mb-13 grid grid-cols-2 gap-8 sm:max-w-377">
      <Day label={t`Asked since`} value={days.since ?? ""} onDay={(day) => onDays(withDay(days, "since", day))} />
      <Day label={t`Asked until`} value={days.until ?? ""} onDay={(day) => onDays(withDay(days, "until", day))} />
    </div>
  );
}

function Day({ label, value, onDay }: { label: string; value: string; onDay: (day: string | undefined) => void }) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  // A chip or a view changed it; a year that is being typed stays as it is.
  if (value !== known) {
    setKnown(value);
    setTyped(value);
  }
  return (
    <Field label={label}>
      {(wires) => (
        <input
          {...wires}
          type="date"
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            if (target.value === "" || isUsual(target.value)) onDay(target.value === "" ? undefined : target.value);
          }}
          className={`${inputClass.replace("text-16", "text-12").replace("px-13", "px-8")} h-34`}
        />
      )}
    </Field>
  );
}
