import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import type { Page } from "@/kernel/api-types";
import { Banner } from "@/ui/banner";

import type { AlertRule } from "../status-types";
import { usePolled } from "./use-status";

/** What needs somebody now stands above everything else. */
export function Firing() {
  const rules = usePolled<Page<AlertRule>>("/admin/alert-rules").data?.items ?? [];
  const firing = rules.filter((rule) => rule.is_enabled && rule.state === "firing");
  if (firing.length === 0) return null;
  const names = firing.map((rule) => rule.title).join(", ");
  return (
    <div className="mb-21 overflow-hidden rounded-8">
      <Banner
        tone="bad"
        action={
          <Link to="/console/alerts" className="underline underline-offset-2">
            <Trans>To the alerts</Trans>
          </Link>
        }
      >
        <Plural value={firing.length} one="# alert fires" other="# alerts fire" />: {names}
      </Banner>
    </div>
  );
}
