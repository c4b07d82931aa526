import { Dialog as Base } from "@base-ui/react/dialog";
import { t } from "@lingui/core/macro";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";

import { IconButton } from "./button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** "sheet" rises from the lower edge on a phone; "side" is the drawer of the navigation. */
  form?: "box" | "side";
  wide?: boolean;
  /** It may come up while another dialog is open, which then waits below it. */
  over?: boolean;
}

const places = {
  box:
    "fixed inset-x-0 bottom-0 flex max-h-[89dvh] flex-col overflow-hidden rounded-t-13 border border-line bg-paper shadow-float rise-in " +
    "sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-[13dvh] sm:max-h-[75dvh] sm:-translate-x-1/2 sm:rounded-13 ",
  side: "fixed inset-y-0 left-0 flex w-[288px] max-w-[85vw] flex-col overflow-hidden border-r border-line bg-paper shadow-float fade-in ",
};

const openNow: string[] = [];

/** Of dialogs above each other Escape closes the topmost only. */
function useTopmost(isOpen: boolean): () => boolean {
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    openNow.push(id);
    return () => void openNow.splice(openNow.indexOf(id), 1);
  }, [isOpen, id]);
  return () => openNow.at(-1) === id;
}

export function Dialog({ open, onClose, title, children, form = "box", wide = false, over = false }: DialogProps) {
  const isTopmost = useTopmost(open);
  const width = form === "box" ? (wide ? "sm:w-[800px] sm:max-w-[92vw]" : "sm:w-[500px]") : "";
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next && isTopmost()) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={clsx("fade-in fixed inset-0 bg-scrim", over ? "z-30" : "z-20")} />
        <Base.Popup data-form={form} initialFocus={(by) => firstField(body.current, by)} className={clsx(places[form], width, over ? "z-40" : "z-30")}>
          <header className="flex items-center justify-between gap-13 border-b border-line py-8 pr-8 pl-21">
            <Base.Title className="text-16 font-semibold">{title}</Base.Title>
            <Base.Close render={<IconButton label={t`Close`} />}>
              <X size={16} aria-hidden />
            </Base.Close>
          </header>
          {/* A long text can be scrolled by keyboard as well. */}
          <div ref={body} tabIndex={0} className="overflow-y-auto p-21">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** What one fills in first; a touch would only call up the keyboard over what is to be read. */
function firstField(body: HTMLElement | null, by: string): HTMLElement | boolean {
  if (body === null || by === "touch") return true;
  // A field that asked for the focus itself keeps it.
  if (body !== document.activeElement && body.contains(document.activeElement)) return false;
  const fields = "input:not([type=hidden], :disabled, [readonly]), textarea:not(:disabled, [readonly])";
  return body.querySelector<HTMLElement>(fields) ?? true;
}

/** Stays in sight below a long dialog; in a form that parts its fields by itself, by that gap alone. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-21 z-10 -mx-21 mt-21 -mb-21 [.gap-13>&]:mt-8 [.gap-21>&]:mt-0 flex flex-wrap justify-end gap-8 border-t border-line bg-paper px-21 py-13">
      {children}
    </div>
  );
}
