import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";

import type { Mail, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";

import { textLink } from "./entry-form";

const route = getRouteApi("/entry/check-your-mail");

export function CheckMailPage() {
  useTitle(t`Check your mail`);
  const { email } = route.useSearch();
  const mail = useLocation({ select: ({ state }) => state.mail });
  const twin = useQuery({
    queryKey: ["/mailbox", "probe", email],
    queryFn: ({ signal }) => get<Page<Mail>>("/mailbox", { signal, query: { to: email, limit: 1 } }),
    retry: false,
  });
  return (
    <>
      <MailCheck size={34} strokeWidth={1.3} aria-hidden className="mb-13 text-muted" />
      <h1 className="text-26 font-semibold">
        <Trans>Check your mail</Trans>
      </h1>
      <p className="mt-8 text-16 text-pretty text-muted">
        <Told mail={mail} email={email} />
      </p>
      <div className="mt-21 flex flex-col gap-13">
        {twin.isSuccess && (
          <Link to="/mailbox" search={{ to: email }} className={buttonClass("primary", "normal")}>
            <Trans>Open the local mailbox</Trans>
          </Link>
        )}
        <p className="text-12 text-muted">
          <Trans>
            Nothing there after a minute? Look into the junk folder, or{" "}
            <Link to="/sign-in" className={textLink}>
              ask for another link
            </Link>
            .
          </Trans>
        </p>
      </div>
    </>
  );
}

/** What was asked for, in words that are the same whether or not there is an account. */
function Told({ mail, email }: { mail: "confirm" | "reset" | undefined; email: string }) {
  const to = <span className="font-medium break-words text-ink">{email}</span>;
  if (mail === "confirm") {
    return (
      <Trans>
        A mail is on its way to {to}. Open its link in this browser within 15 minutes, and you are signed in; later or
        elsewhere it confirms the address, and you sign in after that.
      </Trans>
    );
  }
  if (mail === "reset") {
    return <Trans>If {to} has an account, a link to set a new password is on its way. It works once, for 30 minutes.</Trans>;
  }
  return (
    <Trans>If {to} can sign in here, a link is on its way. It works once, for 15 minutes, in this browser.</Trans>
  );
}
