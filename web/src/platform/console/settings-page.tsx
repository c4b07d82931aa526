import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { Badge, type Tone } from "@/ui/badge";
import { inputClass } from "@/ui/field";
import { PageHead, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { RunningSection } from "./configuration/running-section";
import { VersionsSection } from "./configuration/versions-section";
import type { Setting } from "./types";
import { word } from "./word";

const tones: Record<string, Tone> = { default: "draft", environment: "info", program: "neutral" };

function sourceWord(source: string): string {
  const words: Record<string, string> = {
    default: t`default`,
    environment: t`environment`,
    program: t`set at start`,
  };
  return words[source] ?? source;
}

export function SettingsPage() {
  useTitle(t`Configuration`);
  const [typed, setTyped] = useState("");
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/settings"],
    queryFn: ({ signal }) => get<Page<Setting>>("/admin/settings", { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const wanted = typed.trim().toLowerCase().replaceAll(" ", "_");
  const shown = data.items.filter((item) => item.name.includes(wanted));
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Configuration</Trans>}
        below={
          <Trans>
            Some settings are changed here while the installation runs; the others in its environment, read at the next
            start. Of a secret it is only shown whether there is one.
          </Trans>
        }
      />
      <RunningSection />
      <VersionsSection />
      <h2 className="mb-8 text-12 font-semibold">
        <Trans>Read when it starts</Trans>
      </h2>
      <input
        type="search"
        data-list-search
        aria-label={t`Find a setting`}
        placeholder={t`Find a setting`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={`${inputClass} mb-13 h-44`}
      />
      <Sheet>
        {shown.length === 0 && (
          <EmptyState title={<Trans>Nothing matches</Trans>}>
            <Trans>Search for less.</Trans>
          </EmptyState>
        )}
        <ul>
          {shown.map((item) => (
            <li
              key={item.name}
              className="grid gap-x-21 gap-y-3 border-b border-line px-13 py-8 last:border-0 sm:grid-cols-[minmax(0,1.618fr)_minmax(0,1.618fr)_minmax(0,1fr)] sm:items-center sm:px-21"
            >
              <div className="min-w-0">
                <p className="text-16">{word(item.name)}</p>
                <code className="label block font-mono break-all">{item.variable}</code>
              </div>
              <p className="min-w-0 font-mono text-12 break-words">{valueOf(item)}</p>
              <div className="sm:justify-self-end">
                <Badge tone={tones[item.source] ?? "neutral"}>{sourceWord(item.source)}</Badge>
              </div>
            </li>
          ))}
        </ul>
      </Sheet>
    </div>
  );
}

function valueOf(item: Setting) {
  if (item.is_secret) {
    return <span className="text-muted">{item.is_set ? t`secret, set` : t`secret, not set`}</span>;
  }
  if (item.value === null || item.value === "") return <span className="text-muted">{t`not set`}</span>;
  return item.value;
}
