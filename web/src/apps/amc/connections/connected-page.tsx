import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { post } from "@/kernel/client";
import { Problem } from "@/kernel/problem";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { say } from "@/ui/toast";

import type { Connection } from "../types";

function refusedAtAmazon(search: URLSearchParams): Problem | null {
  if (search.get("code") !== null && search.get("state") !== null) return null;
  return new Problem({
    type: "about:blank",
    title: t`Amazon did not give its consent`,
    detail: search.get("error_description") ?? t`The sign-in was left before its end. Nothing was connected.`,
    status: 400,
    code: search.get("error") ?? "no_consent",
  });
}

/** Where Amazon sends the person back to: hands the code over once, and goes on to the clients. */
export function ConnectedPage() {
  useTitle(t`Connecting`);
  const navigate = useNavigate();
  const queries = useQueryClient();
  // A code or a state of digits only must not be read as a number: not by the router, but from the address itself.
  const [search] = useState(() => new URLSearchParams(window.location.search));
  const [error, setError] = useState<unknown>(() => refusedAtAmazon(search));
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current || error !== null) return;
    sent.current = true;
    const finish = async () => {
      try {
        const body = { code: search.get("code") ?? "", state: search.get("state") ?? "" };
        const { name } = await post<Connection>("/amc/connections/complete", body);
        await Promise.all(["/amc/connections", "/amc/instances"].map((path) => queries.invalidateQueries({ queryKey: [path] })));
        say({ title: t`${name} is connected`, detail: t`Its clients appear as they are read from AMC.` });
        await navigate({ to: "/amc/clients", replace: true });
      } catch (refused) {
        setError(refused);
      }
    };
    void finish();
  }, [search, error, navigate, queries]);
  if (error === null) return <PageSkeleton />;
  // Amazon did not answer: the sign-in is kept, and the same code can be handed over once more.
  const isAway = error instanceof Problem && error.code === "amazon_unavailable";
  const again = () => {
    sent.current = false;
    setError(null);
  };
  return (
    <div className="flex flex-col items-center">
      <ErrorState error={error} {...(isAway ? { onRetry: again } : {})} />
      <Link to="/amc/connections" className={buttonClass("primary", "normal")}>
        <Trans>Back to the connections</Trans>
      </Link>
    </div>
  );
}
