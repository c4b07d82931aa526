import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { useEffect, type ReactNode } from "react";

import { IconButton } from "../button";

/** A look at a row without leaving the list: Space opens it, arrows move it on, Esc closes it. */
export function PeekPanel({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      // What lies over the panel, opened from it, closes first.
      if (event.key !== "Escape" || document.querySelector('[role="dialog"]:not([data-toast])') !== null) return;
      event.stopImmediatePropagation();
      onClose();
    };
    window.addEventListener("keydown", close, { capture: true });
    return () => window.removeEventListener("keydown", close, { capture: true });
  }, [onClose]);
  return (
    <aside
      aria-label={t`Peek: ${label}`}
      className="rise-in fixed inset-x-0 bottom-0 z-20 max-h-[61.8dvh] overflow-y-auto rounded-t-13 border border-line bg-paper p-21 shadow-float sm:inset-x-auto sm:top-55 sm:right-13 sm:bottom-13 sm:max-h-none sm:w-377 sm:rounded-13"
    >
      <IconButton label={t`Close`} onClick={onClose} className="absolute top-13 right-13">
        <X size={16} aria-hidden />
      </IconButton>
      {children}
    </aside>
  );
}
