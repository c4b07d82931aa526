// An invitation opened while signed out is not spent: its token waits in this tab's memory until there is a
// session. The mailed sign-in link opens another tab, which asks this one for it; nothing is ever stored.

type Word = { kind: "ask" } | { kind: "token"; token: string } | { kind: "spent" };

const askMs = 423;
let held: string | null = null;
const waiting = new Set<(token: string) => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("metatron.invitation");

channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => {
  if (data.kind === "ask" && held !== null) channel.postMessage({ kind: "token", token: held } satisfies Word);
  if (data.kind === "token") waiting.forEach((take) => take(data.token));
  if (data.kind === "spent") held = null;
});

export function holdInvitation(token: string): void {
  held = token;
}

export function forgetInvitation(): void {
  held = null;
  channel?.postMessage({ kind: "spent" } satisfies Word);
}

/** The token that waits in this tab, or in another one that is still open. */
export function findInvitation(): Promise<string | null> {
  if (held !== null || channel === null) return Promise.resolve(held);
  return new Promise((done) => {
    const take = (token: string | null) => {
      waiting.delete(take);
      clearTimeout(timer);
      done(token);
    };
    const timer = setTimeout(() => take(null), askMs);
    waiting.add(take);
    channel.postMessage({ kind: "ask" } satisfies Word);
  });
}
