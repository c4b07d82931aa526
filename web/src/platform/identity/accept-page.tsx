import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { MailOpen } from "lucide-react";
import { useEffect, useState } from "react";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { openSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";

import { textLink } from "./entry-form";
import { findInvitation, forgetInvitation, holdInvitation } from "./invitation-token";
import { SpendToken, useFragmentToken } from "./token-page";
import { useArrival } from "./use-arrival";
import { WaitingInvitations } from "./waiting-invitations";

type Found = "looking" | "signed-out" | "in-without-token" | { token: string | null };

/** Who is signed in, and where the invitation is: both are known before anything is spent. */
function useInvitation(): Found {
  const given = useFragmentToken();
  const [found, setFound] = useState<Found>("looking");
  useEffect(() => {
    let left = false;
    const look = async (): Promise<Found> => {
      if (given !== null) holdInvitation(given);
      const [token, status] = await Promise.all([findInvitation(), openSession(false).catch(() => "out")]);
      if (token === null) return status === "in" ? "in-without-token" : { token };
      return status === "in" ? { token } : "signed-out";
    };
    void look().then((now) => {
      if (!left) setFound(now);
    });
    return () => {
      left = true;
    };
  }, [given]);
  return found;
}

export function AcceptPage() {
  useTitle(t`Accept the invitation`);
  const found = useInvitation();
  if (found === "looking") return <Skeleton className="h-55 w-2/3" />;
  if (found === "signed-out") return <SignInFirst />;
  if (found !== "in-without-token") return <Accepting key={found.token} token={found.token} />;
  return (
    <WaitingInvitations meanwhile={<Skeleton className="h-55 w-2/3" />} otherwise={<Accepting token={null} />}>
      {(list) => (
        <>
          <h1 className="text-26 font-semibold">
            <Trans>You are invited</Trans>
          </h1>
          <p className="mt-8 mb-21 text-16 text-pretty text-muted">
            <Trans>These wait for the address you are signed in with.</Trans>
          </p>
          {list}
        </>
      )}
    </WaitingInvitations>
  );
}

function Accepting({ token: given }: { token: string | null }) {
  const arrive = useArrival();
  return (
    <SpendToken
      name="accept"
      token={given}
      title={<Trans>Accepting the invitation</Trans>}
      missing={<Trans>Open the link in the invitation&rsquo;s mail once more: it has not been used up.</Trans>}
      instead={
        <>
          <p className="mt-8 text-16 text-pretty text-muted">
            <Trans>Whoever invited you can send another invitation.</Trans>
          </p>
          <Link to="/" className={`mt-21 w-full ${buttonClass("primary", "normal")}`}>
            <Trans>To the first page</Trans>
          </Link>
        </>
      }
      spend={async (token) => {
        const signIn = await post<SignIn>("/invitations/accept", { token });
        forgetInvitation();
        await arrive(signIn);
      }}
    />
  );
}

function SignInFirst() {
  const back = { return_to: "/invitations/accept" };
  return (
    <>
      <MailOpen size={34} strokeWidth={1.3} aria-hidden className="mb-13 text-muted" />
      <h1 className="text-26 font-semibold">
        <Trans>You are invited</Trans>
      </h1>
      <p className="mt-8 text-16 text-pretty text-muted">
        <Trans>
          Sign in with the address that the invitation was sent to. It is kept until then and is not used up by looking
          at it.
        </Trans>
      </p>
      <Link to="/sign-in" search={back} className={`mt-21 w-full ${buttonClass("primary", "normal")}`}>
        <Trans>Sign in</Trans>
      </Link>
      <p className="mt-13 text-center text-12 text-muted">
        <Trans>
          New here?{" "}
          <Link to="/register" search={back} className={textLink}>
            Create an account
          </Link>
        </Trans>
      </p>
    </>
  );
}
