import { useEffect, useState } from "react";

let wanted: string | null = null;

/** Notes that the page gone to next is to open what makes something new there. */
export function wantMaking(path: string): void {
  wanted = path;
}

/** Whether this page was gone to for making something; told once. */
export function useWanted(path: string): boolean {
  const [was] = useState(() => wanted === path);
  useEffect(() => {
    wanted = null;
  }, []);
  return was;
}
