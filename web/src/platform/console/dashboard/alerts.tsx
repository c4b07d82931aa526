import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Page } from "@/kernel/api-types";
import { formatDuration, formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { useAccount } from "../accounts/use-account";
import type { Alert, AlertRule } from "../status-types";
import { useMay } from "../use-access";
import { written } from "./cards";
import { RuleDialog } from "./rule-dialog";
import { usePolled } from "./use-status";

/** A length of a minute and more is told in words: "1 hour" rather than "3,600 s". */
function say(value: number | null, unit: string): string {
  if (unit === "seconds" && value !== null && value >= 60) return formatDuration(value);
  return written({ value, unit, level: null })?.join("\u00a0") ?? t`no data`;
}

/** What is watched and how it stands; beneath, the alerts there were. */
export function Alerts() {
  const rules = usePolled<Page<AlertRule>>("/admin/alert-rules");
  const [changing, setChanging] = useState<AlertRule | null>(null);
  const may = useMay();
  const account = useAccount();
  const items = rules.data?.items ?? [];
  const queries = useQueryClient();
  const states = items.map((rule) => `${rule.name}:${rule.state}`).join();
  useEffect(() => {
    // The list of what happened is read anew whenever a rule changes its state.
    void queries.invalidateQueries({ queryKey: ["/admin/alerts"] });
  }, [queries, states]);
  return (
    <div className="mb-34 grid gap-x-34 md:grid-cols-2">
      <Section title={<Trans>Alerts are raised by</Trans>}>
        <Sheet>
          {rules.pending ? (
            <RowsSkeleton rows={6} />
          ) : rules.data === undefined ? (
            <ErrorState error={rules.error} onRetry={rules.retry} />
          ) : (
            <ul>
              {items.map((rule) => (
                <li key={rule.name} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
                  <RuleLine rule={rule} {...(may("status:write") ? { onChange: () => setChanging(rule) } : {})} />
                </li>
              ))}
            </ul>
          )}
        </Sheet>
      </Section>
      <Section title={<Trans>Alerts there were</Trans>}>
        <RecordList<Alert>
          path="/admin/alerts"
          query={{ account_id: account }}
          empty={
            <p className="p-21 text-12 text-muted">
              <Trans>None so far.</Trans>
            </p>
          }
          row={(alert) => (
            <Line
              title={alert.title}
              detail={
                <>
                  <span>
                    <Trans>up to {say(alert.highest_value, alert.unit)}</Trans>
                  </span>
                  <span>
                    <Trans>from {formatShort(alert.fired_at)}</Trans>
                  </span>
                  {alert.silenced_by !== null && (
                    <span>
                      <Trans>silent in maintenance</Trans>
                    </span>
                  )}
                  {alert.resolved_at !== null && (
                    <span>
                      <Trans>to {formatShort(alert.resolved_at)}</Trans>
                    </span>
                  )}
                </>
              }
              state={<Badge tone={alert.state === "firing" ? "bad" : "ended"}>{alert.state}</Badge>}
            />
          )}
        />
      </Section>
      {changing !== null && <RuleDialog rule={changing} onClose={() => setChanging(null)} onSaved={rules.retry} />}
    </div>
  );
}

function RuleLine({ rule, onChange }: { rule: AlertRule; onChange?: () => void }) {
  const { threshold, clears_below: low, unit } = rule;
  const wait = formatDuration(rule.for_seconds);
  return (
    <Line
      title={rule.title}
      detail={
        <>
          <span className="text-ink">{say(rule.value, unit)}</span>
          <span title={rule.source}>
            {rule.for_seconds === 0 ? (
              <Trans>
                raised at {say(threshold, unit)}, ends below {say(low, unit)}
              </Trans>
            ) : (
              <Trans>
                raised at {say(threshold, unit)} for {wait}, ends below {say(low, unit)}
              </Trans>
            )}
          </span>
        </>
      }
      state={
        !rule.is_enabled ? (
          <Badge tone="paused">{t`off`}</Badge>
        ) : rule.state === "ok" && rule.value === null ? (
          <Badge tone="neutral">{t`not measured`}</Badge>
        ) : (
          <Badge tone={rule.state === "ok" ? "ok" : rule.state === "firing" ? "bad" : plainTone(rule.state)}>
            {rule.state}
          </Badge>
        )
      }
      actions={
        onChange !== undefined && (
          <Button aria-label={t`Change ${rule.title}`} onClick={onChange}>
            <Trans>Change</Trans>
          </Button>
        )
      }
    />
  );
}
