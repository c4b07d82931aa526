import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get } from "@/kernel/client";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { inputClass } from "@/ui/field";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { Config, ConfigItem, ConfigValue } from "../types";
import { useMay } from "../use-access";
import { ReviewDialog, type Wanted } from "./review-dialog";
import { read, said, typed } from "./values";

const tones: Record<string, Tone> = { default: "draft", environment: "info", console: "ok" };

function sourceWord(source: string): string {
  const words: Record<string, string> = { default: t`default`, environment: t`environment`, console: t`set here` };
  return words[source] ?? source;
}

/** What may be changed while the installation runs: typed, by versions, reviewed before it is saved. */
export function RunningSection() {
  const may = useMay();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/configuration"],
    queryFn: ({ signal }) => get<Config>("/admin/configuration", { signal }),
  });
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const changes: Record<string, ConfigValue> = {};
  for (const item of data.items) {
    const text = texts[item.name];
    if (text !== undefined && text.trim() !== typed(item.value)) changes[item.name] = read(item, text);
  }
  const many = Object.keys(changes).length;
  return (
    <Section
      level
      title={<Trans>Changed while it runs, version {data.version}</Trans>}
      hint={<Trans>Every process takes a change up within seconds, without a restart.</Trans>}
      actions={
        may("settings:write") && (
          <Button tone="primary" disabled={many === 0} onClick={() => setWanted({ changes, back_to_start: [] })}>
            <Trans>Review changes</Trans>
          </Button>
        )
      }
    >
      <Sheet>
        <ul>
          {data.items.map((item) => (
            <li key={item.name} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
              <SettingRow
                item={item}
                text={texts[item.name] ?? typed(item.value)}
                may={may("settings:write")}
                onText={(text) => setTexts({ ...texts, [item.name]: text })}
                onBack={() => setWanted({ changes: {}, back_to_start: [item.name] })}
              />
            </li>
          ))}
        </ul>
      </Sheet>
      {wanted !== null && (
        <ReviewDialog
          config={data}
          wanted={wanted}
          onClose={() => setWanted(null)}
          onSaved={() => {
            setTexts({});
            setWanted(null);
          }}
        />
      )}
    </Section>
  );
}

interface SettingRowProps {
  item: ConfigItem;
  text: string;
  may: boolean;
  onText: (text: string) => void;
  onBack: () => void;
}

function SettingRow({ item, text, may, onText, onBack }: SettingRowProps) {
  const fallback = said(item.default, item.unit);
  return (
    <div className="grid gap-x-21 gap-y-5 sm:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)_144px] sm:items-center">
      <div className="min-w-0">
        <label htmlFor={item.name} className="text-16">
          {item.title}
        </label>
        <p className="label">
          {item.hint} <Trans>Default: {fallback}.</Trans>
        </p>
      </div>
      <div className="flex min-w-0 items-center gap-8">
        <input
          id={item.name}
          className={`${inputClass} h-44`}
          value={text}
          disabled={!may}
          inputMode={item.kind === "text" ? "text" : "decimal"}
          placeholder={item.may_be_unbounded ? t`without bound` : undefined}
          onChange={(event) => onText(event.target.value)}
        />
        {item.unit !== "" && <span className="label w-55 shrink-0">{item.unit}</span>}
      </div>
      <div className="flex flex-wrap items-center gap-8 sm:justify-end">
        <Badge tone={tones[item.source] ?? "neutral"}>{sourceWord(item.source)}</Badge>
        {may && item.source === "console" && (
          <Button tone="quiet" aria-label={t`Take back ${item.title}`} onClick={onBack}>
            <Trans>Take back</Trans>
          </Button>
        )}
      </div>
    </div>
  );
}
