import { create } from "zustand";

import type { Me, SignedIn, SignIn } from "./api-types";
import { get, post, renew } from "./client";
import { holdReads } from "./ending";
import { asProblem } from "./problem";
import { queryClient } from "./query";
import { dropToken, keepToken, onSessionWord } from "./token";

export type SessionStatus = "unknown" | "in" | "out";

interface SessionState {
  status: SessionStatus;
  /** The second step of a sign-in that needs one; never stored. */
  mfaToken: string | null;
  /** Counts who and where: whatever shows the person anew after each change reads it. */
  turn: number;
  /** The turns that another tab took: this one was not asked and follows. */
  followed: number;
  /** On the way to another organisation: what is on the page belongs to the one before. */
  leaving: boolean;
}

export const useSession = create<SessionState>(() => ({ status: "unknown", mfaToken: null, turn: 0, followed: 0, leaving: false }));

const hint = "metatron.was-signed-in";

function remember(signedIn: boolean): void {
  if (signedIn) localStorage.setItem(hint, "1");
  else localStorage.removeItem(hint);
}

export const meQuery = {
  queryKey: ["me"],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Me>("/auth/me", { signal }),
  staleTime: 60_000,
} as const;

let starting: Promise<SessionStatus> | null = null;

/** Finds out once a page load whether the refresh cookie still opens a session. */
export async function openSession(evenWithoutHint: boolean): Promise<SessionStatus> {
  const { status } = useSession.getState();
  if (status === "in") return status;
  // A stranger on a public page has no cookie: asking would only log a refusal.
  if (!evenWithoutHint && localStorage.getItem(hint) === null) return "out";
  if (status === "out") return status;
  starting ??= renew().then((renewed) => {
    remember(renewed);
    useSession.setState({ status: renewed ? "in" : "out" });
    return renewed ? "in" : "out";
  });
  try {
    return await starting;
  } finally {
    starting = null;
  }
}

function enter(signIn: SignedIn, borrowed: boolean): void {
  keepToken(signIn.access_token, signIn.expires_in, "changed", borrowed);
  queryClient.clear();
  remember(true);
  useSession.setState(({ turn }) => ({ status: "in", mfaToken: null, turn: turn + 1 }));
}

/** Takes what a sign-in answered: true when signed in, false when a second factor is needed. */
export function acceptSignIn(signIn: SignIn): signIn is SignedIn {
  if (signIn.mfa_required) {
    useSession.setState({ mfaToken: signIn.mfa_token });
    return false;
  }
  enter(signIn, false);
  return true;
}

export function acceptImpersonation(signIn: SignedIn): void {
  enter(signIn, true);
}

export async function endImpersonation(): Promise<void> {
  dropToken(false);
  queryClient.clear();
  useSession.setState({ status: "unknown" });
  await openSession(true);
}

/** Goes over to another organisation. Nothing of a page is drawn until `leave` has led away from what is the old one's. */
export async function switchOrganisation(tenantId: string, leave?: () => Promise<void>): Promise<void> {
  const signIn = await post<SignIn>("/auth/switch", { tenant_id: tenantId });
  useSession.setState({ leaving: leave !== undefined });
  try {
    acceptSignIn(signIn);
    await leave?.();
  } finally {
    useSession.setState({ leaving: false });
  }
}

let ending: Promise<void> | null = null;

/**
 * Ends the session. Throws when the server was not reached or refused: the cookie would open the session again
 * with the next load of the page, so nothing here may look as if it had ended.
 */
export function signOut(): Promise<void> {
  ending ??= end().finally(() => {
    ending = null;
  });
  return ending;
}

async function end(): Promise<void> {
  // Given up here first, so that no page takes for an error what is given up below.
  void queryClient.cancelQueries();
  const decide = holdReads();
  try {
    await post<undefined>("/auth/logout");
  } catch (error) {
    // The session had ended already.
    if (asProblem(error).status !== 401) {
      decide(false);
      void queryClient.refetchQueries({ type: "active" }, { cancelRefetch: false });
      throw error;
    }
  }
  dropToken(true);
  remember(false);
  queryClient.clear();
  // Unfinished work of this tab: whoever signs in next is not to find it.
  sessionStorage.clear();
  useSession.setState({ status: "out", mfaToken: null });
  decide(true);
}

onSessionWord((word) => {
  if (word === "token") return;
  queryClient.clear();
  remember(word !== "out");
  useSession.setState(({ turn, followed }) => ({
    status: word === "out" ? "out" : "in",
    turn: turn + 1,
    followed: word === "changed" ? followed + 1 : followed,
  }));
});
