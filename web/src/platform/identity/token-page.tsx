import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { asProblem, Problem } from "@/kernel/problem";
import { fragmentToken } from "@/kernel/return-to";
import { buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Skeleton } from "@/ui/skeleton";

/**
 * The token after the #, read once; then the address loses it, so that it stays in no history.
 * A link opened where this page stands already changes nothing but what is after the #.
 */
export function useFragmentToken(): string | null {
  const [token, setToken] = useState(() => fragmentToken());
  useEffect(() => {
    const hide = () => window.history.replaceState(window.history.state, "", window.location.pathname);
    const read = () => {
      const given = fragmentToken();
      if (given === null) return;
      setToken(given);
      hide();
    };
    hide();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  return token;
}

const spent = new Map<string, Promise<unknown>>();

/** Spends a token once a page load, however often the page is drawn. */
function useSpent(name: string, token: string | null, spend: (token: string) => Promise<unknown>) {
  const [result, setResult] = useState<"open" | "done" | Problem>("open");
  const latest = useRef(spend);
  useEffect(() => {
    if (token === null) return;
    const key = `${name} ${token}`;
    const work = spent.get(key) ?? latest.current(token);
    spent.set(key, work);
    work.then(
      () => setResult("done"),
      (error: unknown) => setResult(asProblem(error)),
    );
  }, [name, token]);
  return result;
}

interface TokenPageProps {
  title: ReactNode;
  name: string;
  /** Called once with the token; a link is spent by its first use. */
  spend: (token: string) => Promise<unknown>;
  done?: ReactNode;
}

export function TokenPage(props: TokenPageProps) {
  const token = useFragmentToken();
  return <SpendToken key={token} {...props} token={token} />;
}

interface SpendTokenProps extends TokenPageProps {
  token: string | null;
  /** What to read when there is no token. */
  missing?: ReactNode;
  /** What leads on when the link does not work; without it a new link can be asked for. */
  instead?: ReactNode;
}

export function SpendToken({ title, name, spend, done, token, missing, instead }: SpendTokenProps) {
  const result = useSpent(name, token, spend);
  if (token === null) {
    const reason = missing ?? <Trans>The link is incomplete: its last part is missing.</Trans>;
    return <Refused reason={reason} instead={instead} />;
  }
  if (result instanceof Problem) {
    return <Refused reason={result.said} requestId={result.requestId} instead={instead} />;
  }
  return (
    <>
      <h1 className="text-26 font-semibold">{title}</h1>
      <div className="mt-13 text-16 text-muted" role="status">
        {result === "done" && done !== undefined ? done : <Skeleton className="h-21 w-2/3" />}
      </div>
    </>
  );
}

interface RefusedProps {
  reason: ReactNode;
  requestId?: string | null;
  instead: ReactNode;
}

function Refused({ reason, requestId = null, instead }: RefusedProps) {
  return (
    <div role="alert">
      <h1 className="text-26 font-semibold">
        <Trans>This link does not work</Trans>
      </h1>
      <p className="mt-8 text-16 text-pretty text-muted">{reason}</p>
      {requestId !== null && (
        <p className="label mt-8">
          <Trans>
            Request <CopyId value={requestId} full />
          </Trans>
        </p>
      )}
      {instead ?? (
        <Link to="/sign-in" className={`mt-21 w-full ${buttonClass("primary", "normal")}`}>
          <Trans>Ask for a new link</Trans>
        </Link>
      )}
    </div>
  );
}
