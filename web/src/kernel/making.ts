import { useEffect, useState } from "react";

let wanted: string | null = null;

const written = (path: string, what?: string) => (what === undefined ? path : `${path}#${what}`);

/** Notes that the page gone to next is to open what makes something new there; `what` where it makes several things. */
export function wantMaking(path: string, what?: string): void {
  wanted = written(path, what);
}

/** Whether this page was gone to for making something; told once. */
export function useWanted(path: string, what?: string): boolean {
  const [was] = useState(() => wanted === written(path, what));
  useEffect(() => {
    wanted = null;
  }, []);
  return was;
}
