import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Section, Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";

import type { Check, Service } from "../status-types";
import { word } from "../word";

const row = "border-b border-line px-13 py-8 last:border-0 sm:px-21";

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <Section title={<Trans>What is checked</Trans>}>
      <Sheet>
        <ul>
          {checks.map((check) => (
            <li key={check.name} className={row}>
              <Line
                title={word(check.name)}
                detail={
                  <>
                    <span>{t`${check.response_ms.toFixed(1)} ms`}</span>
                    <span>{check.essential ? t`essential` : t`not essential`}</span>
                    {check.error_count > 0 && (
                      <Plural value={check.error_count} one="# failure in a row" other="# failures in a row" />
                    )}
                    {check.error !== null && <span className="text-bad">{check.error}</span>}
                  </>
                }
                state={<Badge tone={plainTone(check.state)}>{check.state}</Badge>}
              />
            </li>
          ))}
        </ul>
      </Sheet>
    </Section>
  );
}

export function Services({ services }: { services: readonly Service[] }) {
  return (
    <Section title={<Trans>Services</Trans>}>
      <Sheet>
        {services.length === 0 && (
          <p className="p-21 text-12 text-muted">
            <Trans>No process has been seen in the last three minutes.</Trans>
          </p>
        )}
        <ul>
          {services.map((service) => (
            <li key={service.name} className={row}>
              <Line
                title={word(service.name)}
                detail={
                  <>
                    <Plural value={service.instances.length} one="# process" other="# processes" />
                    {service.instances[0] !== undefined && (
                      <span>
                        <Trans>since {formatShort(service.instances[0].started_at)}</Trans>
                      </span>
                    )}
                    <span>{[...new Set(service.instances.map((instance) => instance.version))].join(", ")}</span>
                  </>
                }
                state={<Badge tone={plainTone(service.state)}>{service.state}</Badge>}
              />
            </li>
          ))}
        </ul>
      </Sheet>
    </Section>
  );
}
