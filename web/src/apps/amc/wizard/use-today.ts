import { useState } from "react";

import { useMe } from "@/kernel/me";

/** The day it is for the organisation, whose clock may run ahead: "2026-11-21". */
export function useToday(): string {
  const ahead = useMe()?.tenant?.clock_offset_seconds ?? 0;
  const [opened] = useState(() => Date.now());
  return new Date(opened + ahead * 1000).toISOString().slice(0, 10);
}
