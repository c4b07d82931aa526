import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Section } from "@/ui/page";
import { RecordList } from "@/ui/record-list";

import type { Config, ConfigVersion } from "../types";
import { word } from "../word";
import { ChangeList } from "./change-list";

/** Who changed what, when and why. */
export function VersionsSection() {
  const { data } = useQuery({
    queryKey: ["/admin/configuration"],
    queryFn: ({ signal }) => get<Config>("/admin/configuration", { signal }),
  });
  return (
    <Section title={<Trans>Versions</Trans>}>
      <RecordList<ConfigVersion>
        path="/admin/configuration/versions"
        empty={
          <p className="p-21 text-12 text-muted">
            <Trans>Nothing has been changed here.</Trans>
          </p>
        }
        row={(version) => (
          <details>
            <summary className="cursor-pointer">
              <span className="text-16">
                <Trans>Version {version.id}</Trans>
              </span>
              <span className="label ml-8">
                {version.changed_by ?? word(version.actor_kind)}, {formatShort(version.changed_at)}
                {version.reason !== "" && `: ${version.reason}`}
              </span>
            </summary>
            <ChangeList changes={version.changes} items={data?.items ?? []} />
          </details>
        )}
      />
    </Section>
  );
}
