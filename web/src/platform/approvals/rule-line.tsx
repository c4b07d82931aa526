import { t } from "@lingui/core/macro";

import { TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { readDraft, type Draft } from "./rules-draft";
import type { ApprovalRule, FourEyes } from "./types";

interface RuleLineProps {
  rule: ApprovalRule;
  draft: Draft;
  disabled: boolean;
  onChange: (draft: Draft) => void;
}

export function RuleLine({ rule, draft, disabled, onChange }: RuleLineProps) {
  const { title } = rule;
  const unread = readDraft(rule.action, draft) === null;
  return (
    <div className="grid items-start gap-x-21 gap-y-8 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div>
        <h3 className="text-16 font-medium">{title}</h3>
        <code className="label font-mono break-all">{rule.action}</code>
      </div>
      <div className="flex flex-col gap-8">
        <Select<FourEyes>
          label={t`${title}: when`}
          value={draft.four_eyes}
          disabled={disabled}
          choices={[
            { value: "always", label: t`Always a second person` },
            { value: "above", label: t`Above an amount` },
            { value: "never", label: t`Never a second person` },
          ]}
          onChange={(four_eyes) => onChange({ ...draft, four_eyes })}
        />
        {draft.four_eyes === "above" && (
          <div className="grid grid-cols-[minmax(0,1fr)_89px] gap-8">
            <TextField
              label={t`Amount`}
              inputMode="decimal"
              disabled={disabled}
              value={draft.above}
              error={unread ? t`Give an amount like 250.00.` : undefined}
              onChange={(event) => onChange({ ...draft, above: event.target.value })}
            />
            <TextField
              label={t`Currency`}
              maxLength={3}
              disabled={disabled}
              value={draft.currency}
              onChange={(event) => onChange({ ...draft, currency: event.target.value.toUpperCase() })}
            />
          </div>
        )}
      </div>
    </div>
  );
}
