import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

import { useShownTab } from "./use-shown-tab";

export interface Tab {
  value: string;
  label: ReactNode;
  content: ReactNode;
}

interface TabsProps {
  tabs: readonly Tab[];
  value: string;
  onChange: (value: string) => void;
  label: string;
}

export function Tabs({ tabs, value, onChange, label }: TabsProps) {
  // An address may name a tab that is not there, or no more.
  const shown = tabs.some((tab) => tab.value === value) ? value : (tabs[0]?.value ?? value);
  const row = useShownTab<HTMLDivElement>(shown);
  return (
    <Base.Root value={shown} onValueChange={(next) => onChange(String(next))}>
      <Base.List
        ref={row}
        aria-label={label}
        className="relative flex gap-21 overflow-x-auto overflow-y-hidden border-b border-line"
      >
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-1 flex h-44 shrink-0 items-center border-b-2 border-transparent text-12 font-medium text-muted hover:text-ink focus-visible:-outline-offset-2 data-[active]:border-ink data-[active]:text-ink"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-21">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
