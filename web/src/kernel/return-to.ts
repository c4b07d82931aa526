declare module "@tanstack/react-router" {
  interface HistoryState {
    /** What one is about to do, kept beside the address and not in it: no link can put words here. */
    purpose?: string;
    /** What the mail that was just asked for does; a sign-in link without it. */
    mail?: "confirm" | "reset";
    /** The address that was just confirmed, to sign in with. */
    confirmed?: { email: string; passwordKept: boolean };
  }
}

/** A path of this page to come back to; anything that could leave the site becomes "/". */
export function safeReturn(value: string | null | undefined): string {
  if (value === null || value === undefined || !/^\/(?![/\\])/.test(value)) return "/";
  return value;
}

/** The secret part of a mailed link, after the #: never sent to a server by the browser itself. */
export function fragmentToken(hash: string = window.location.hash): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token");
}
