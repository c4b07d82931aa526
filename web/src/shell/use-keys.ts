import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { allCommands, useCommandStore } from "@/kernel/commands";
import { useMe } from "@/kernel/me";

import { navFor } from "./nav-items";
import { useUi } from "./ui-state";

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], [role='textbox']") !== null;
}

function inOverlay(): boolean {
  return document.querySelector('[role="dialog"]:not([data-toast]), [role="menu"], [role="listbox"]') !== null;
}

/** The keys of the whole page: Ctrl-K, ?, /, g + letter, Esc back, and each page's own single keys. */
export function useKeys(): void {
  const router = useRouter();
  const navigate = useNavigate();
  const me = useMe();
  /** When "g" was pressed, if the key after it is still awaited. */
  const started = useRef<number | null>(null);
  useEffect(() => {
    const go = (key: string): boolean => {
      const item = navFor(me).find((entry) => entry.key === key);
      if (item !== undefined) void navigate({ to: item.to });
      return item !== undefined;
    };
    const single = (key: string): boolean => {
      if (key === "?") useUi.setState({ help: true });
      else if (key === "/") document.querySelector<HTMLElement>("[data-list-search]")?.focus();
      else if (key === "Escape" && router.history.canGoBack()) router.history.back();
      else {
        const command = allCommands(useCommandStore.getState()).find((verb) => verb.key === key);
        command?.run();
        return command !== undefined;
      }
      return true;
    };
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        useUi.setState(({ palette }) => ({ palette: !palette, help: false }));
        return;
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inOverlay()) return;
      if (typing(event.target)) {
        if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
        return;
      }
      // On the way to a capital letter.
      if (event.key === "Shift") return;
      const second = started.current !== null && event.timeStamp - started.current < 1000;
      started.current = event.key === "g" && !second ? event.timeStamp : null;
      if (started.current !== null) return;
      if (second ? go(event.key) : single(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router, navigate, me]);
}
