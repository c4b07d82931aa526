import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { BookmarkPlus, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { isRecord, useStored } from "@/kernel/stored";

import { Button, IconButton } from "../button";

// Most people never name a view: its dialogue is fetched when they do.
const SaveViewDialog = lazy(() => import("./save-view-dialog"));

export type ViewSearch = Record<string, string | undefined>;

export interface View {
  name: string;
  search: ViewSearch;
}

function isView(value: unknown): value is View {
  if (!isRecord(value) || typeof value["name"] !== "string" || !isRecord(value["search"])) return false;
  return Object.values(value["search"]).every((part) => typeof part === "string");
}

const readViews = (stored: unknown) => (Array.isArray(stored) ? stored.filter(isView) : undefined);

interface SavedViewsProps {
  name: string;
  given: readonly View[];
  current: ViewSearch;
  onOpen: (search: ViewSearch) => void;
}

/** The filters in the address, kept under a name as tabs over a list (in this browser). */
export function SavedViews({ name, given, current, onOpen }: SavedViewsProps) {
  const [own, setOwn] = useStored<View[]>(`metatron.views.${name}`, readViews, []);
  const [naming, setNaming] = useState(false);
  const now = write(current);
  const known = [...given, ...own].some((view) => write(view.search) === now);
  const save = (chosen: string) => {
    setOwn([...own.filter((view) => view.name !== chosen), { name: chosen, search: current }]);
    setNaming(false);
  };
  return (
    <nav aria-label={t`Views`} className="flex items-center gap-21 overflow-x-auto border-b border-line px-13">
      {[...given, ...own].map((view, index) => (
        <span key={`${view.name}-${index}`} className="flex shrink-0 items-center">
          <button
            type="button"
            aria-current={write(view.search) === now ? "page" : undefined}
            onClick={() => onOpen(view.search)}
            className={clsx(
              "-mb-1 h-44 border-b-2 text-12 font-medium",
              write(view.search) === now ? "border-ink text-ink" : "border-transparent text-muted hover:text-ink",
            )}
          >
            {view.name}
          </button>
          {own.includes(view) && write(view.search) === now && (
            <IconButton
              label={t`Forget view ${view.name}`}
              onClick={() => setOwn(own.filter((other) => other !== view))}
            >
              <X size={12} aria-hidden />
            </IconButton>
          )}
        </span>
      ))}
      {!known && (
        <Button tone="quiet" icon={<BookmarkPlus size={13} aria-hidden />} onClick={() => setNaming(true)}>
          <Trans>Save view</Trans>
        </Button>
      )}
      {naming && (
        <Suspense>
          <SaveViewDialog onClose={() => setNaming(false)} onSave={save} />
        </Suspense>
      )}
    </nav>
  );
}

function write(search: ViewSearch): string {
  const parts = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
  return JSON.stringify(parts.sort(([a], [b]) => a.localeCompare(b)));
}
