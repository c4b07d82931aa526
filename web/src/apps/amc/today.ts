import { useState } from "react";

import { useMe } from "@/kernel/me";

import { dayAt } from "./collections/days";

/** The instant the page was opened at; a sandbox may run ahead of the clock on the wall. */
export function useNow(): number {
  const ahead = useMe()?.tenant?.clock_offset_seconds ?? 0;
  const [opened] = useState(() => Date.now());
  return opened + ahead * 1000;
}

/** The day it is for the organisation: "2026-11-21". */
export function useToday(zone = "UTC"): string {
  return dayAt(useNow(), zone);
}
