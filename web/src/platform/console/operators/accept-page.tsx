import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { post } from "@/kernel/client";
import { asProblem, type Problem } from "@/kernel/problem";
import { fragmentToken } from "@/kernel/return-to";
import { openSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Skeleton } from "@/ui/skeleton";

type Stage = "looking" | "out" | "ready" | "sending";

/** The one-time link of an operator's mail: nothing happens until the person says yes. */
export function AcceptPage() {
  useTitle(t`Operator access`);
  const [token] = useState(() => fragmentToken());
  const [stage, setStage] = useState<Stage>("looking");
  const [problem, setProblem] = useState<Problem | null>(null);
  const began = useRef(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    if (began.current) return;
    began.current = true;
    window.history.replaceState(window.history.state, "", window.location.pathname);
    openSession(true).then(
      (status) => setStage(status === "in" ? "ready" : "out"),
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, []);
  const accept = async () => {
    setStage("sending");
    try {
      await post("/operators/accept", { token: token ?? "" });
      // Who one is has changed: everything that was read before is read anew.
      await queries.invalidateQueries({ queryKey: ["me"] });
      await navigate({ to: "/console/dashboard", replace: true });
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (token === null) {
    return <Told title={<Trans>This link does not work</Trans>}>{t`The link is incomplete: its last part is missing.`}</Told>;
  }
  if (problem !== null) {
    return (
      <Told title={<Trans>This link does not work</Trans>}>
        {problem.said}
        {problem.requestId !== null && (
          <span className="label mt-8 block">
            <Trans>
              Request <CopyId value={problem.requestId} full />
            </Trans>
          </span>
        )}
      </Told>
    );
  }
  if (stage === "looking") return <Skeleton className="h-89 w-full" />;
  if (stage === "out") {
    return (
      <Told
        title={<Trans>Sign in first</Trans>}
        action={
          <Link to="/sign-in" search={{}} className={`mt-21 w-full ${buttonClass("primary", "normal")}`}>
            <Trans>Sign in</Trans>
          </Link>
        }
      >
        <Trans>
          Sign in with the address that the invitation was sent to, then open the link in that mail again. It has not been
          used up.
        </Trans>
      </Told>
    );
  }
  return (
    <Told
      title={<Trans>Become an operator</Trans>}
      action={
        <Button
          tone="primary"
          size="normal"
          className="mt-21 w-full"
          busy={stage === "sending"}
          onClick={() => void accept()}
        >
          <Trans>Accept</Trans>
        </Button>
      }
    >
      <Trans>You were invited to help run this installation. What you do there is kept in the audit log.</Trans>
    </Told>
  );
}

function Told({ title, children, action }: { title: ReactNode; children: ReactNode; action?: ReactNode }) {
  return (
    <div role="status">
      <h1 className="text-26 font-semibold">{title}</h1>
      <p className="mt-8 text-16 text-pretty text-muted">{children}</p>
      {action}
    </div>
  );
}
