// The access token lives in this module's memory only: a reload asks the refresh cookie again.

interface Token {
  value: string;
  expiresAt: number;
  /** An impersonation has no cookie behind it and is never shared with other tabs. */
  borrowed: boolean;
}

type Word = { kind: "token"; token: Token } | { kind: "changed"; token: Token } | { kind: "out" };

let current: Token | null = null;
const listeners = new Set<(word: Word["kind"]) => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("metatron.session");

channel?.addEventListener("message", (event: MessageEvent<Word>) => {
  const word = event.data;
  if (current?.borrowed === true) return;
  const before = current;
  current = word.kind === "out" ? null : word.token;
  // Signing in again as the same person in the same place changes nothing for what is shown here.
  const same = before !== null && current !== null && identityOf(before.value) === identityOf(current.value);
  for (const listener of listeners) listener(same ? "token" : word.kind);
});

/** Who and where a token is for; a token that cannot be read is its own identity. */
function identityOf(token: string): string {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims = JSON.parse(atob(part)) as { sub?: string; tid?: string };
    return claims.sub === undefined ? token : `${claims.sub} ${claims.tid ?? ""}`;
  } catch {
    return token;
  }
}

export function accessToken(): string | null {
  return current === null ? null : current.value;
}

export function isBorrowed(): boolean {
  return current?.borrowed === true;
}

export function issuedAfter(value: string | null): boolean {
  return current !== null && current.value !== value;
}

/** True within 20 s of the end: renewing before the request saves a refused one. */
export function nearlyOver(now: number): boolean {
  return current !== null && !current.borrowed && current.expiresAt - now < 20_000;
}

/** Keeps a token for `seconds` and tells the other tabs: "changed" when it is another identity. */
export function keepToken(
  value: string,
  seconds: number,
  why: "token" | "changed",
  borrowed = false,
): void {
  current = { value, expiresAt: Date.now() + seconds * 1000, borrowed };
  if (!borrowed) channel?.postMessage({ kind: why, token: current } satisfies Word);
}

export function dropToken(tellOthers: boolean): void {
  current = null;
  if (tellOthers) channel?.postMessage({ kind: "out" } satisfies Word);
}

/** The cookie no longer opens a session: forgets the token and lets the page know. */
export function loseToken(): void {
  const had = current !== null;
  current = null;
  if (had) for (const listener of listeners) listener("out");
}

/** Calls back when another tab renewed, changed or ended the session, or when it was lost here. */
export function onSessionWord(listener: (word: Word["kind"]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
