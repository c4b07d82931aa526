import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { BookmarkPlus, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Button, IconButton } from "../button";
import { useViews, type View, type ViewSearch } from "./use-views";

// Most people never name a view: its dialogue is fetched when they do.
const SaveViewDialog = lazy(() => import("./save-view-dialog"));

interface SavedViewsProps {
  name: string;
  given: readonly View[];
  current: ViewSearch;
  onOpen: (search: ViewSearch) => void;
}

/** The filters in the address, kept under a name as tabs over a list. */
export function SavedViews({ name, given, current, onOpen }: SavedViewsProps) {
  const { own, save: keep, forget } = useViews(name);
  const [naming, setNaming] = useState(false);
  const now = write(current);
  const known = [...given, ...own].some((view) => write(view.search) === now);
  const save = (chosen: string) => {
    keep({ name: chosen, search: current });
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
            <IconButton label={t`Forget view ${view.name}`} onClick={() => forget(view)}>
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
