import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { KeyRound, RotateCw, Undo2 } from "lucide-react";
import { useState } from "react";

import { get, post } from "@/kernel/client";
import { useCommands, type Command } from "@/kernel/commands";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { OnboardingRecord } from "../types";
import { useMay } from "../use-access";
import { KeyShown } from "./key-shown";
import { Steps } from "./steps";

const route = getRouteApi("/app/operator/console/onboarding/$onboardingId");
const lookMs = 1000;

export function OnboardingPage() {
  const { onboardingId } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/onboarding", onboardingId],
    queryFn: ({ signal }) => get<OnboardingRecord>(`/admin/onboarding/${onboardingId}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? lookMs : false),
  });
  useTitle(data?.name ?? t`Onboarding`);
  if (isPending) return <PageSkeleton />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record onboarding={data} />;
}

function Record({ onboarding }: { onboarding: OnboardingRecord }) {
  const { id, name, state, steps } = onboarding;
  const [key, setKey] = useState<string | null>(null);
  const may = useMay();
  const refresh = [["/admin/onboarding"], ["/admin/tenants"], ["/admin/accounts"]];
  const retry = useAct({
    work: () => post(`/admin/onboarding/${id}/retry`),
    refresh,
    done: () => t`${name} goes on`,
    refused: t`${name} does not go on`,
  });
  const undo = useAct({
    work: () => post(`/admin/onboarding/${id}/undo`),
    refresh,
    done: () => t`What was made for ${name} is taken back`,
    refused: t`Nothing was taken back`,
  });
  const reveal = useAct({
    work: () => post<{ key: string }>(`/admin/onboarding/${id}/reveal-key`),
    refresh: [["/admin/onboarding"]],
    refused: t`The key was not shown`,
    onDone: (answer) => setKey(answer.key),
  });
  const stopped = state === "failed" && may("onboarding:write");
  const verbs: Command[] = [];
  if (stopped) {
    verbs.push({ id: "retry", label: t`Go on`, key: "r", group: name, run: () => retry.mutate() });
    verbs.push({ id: "undo", label: t`Take it back`, group: name, run: () => undo.mutate() });
  }
  useCommands("console-onboarding-record", verbs);
  const done = steps.filter((step) => step.state === "done").length;
  return (
    <div className="max-w-1000">
      <PageHead
        above={
          <Link to="/console/onboarding" search={{}} className="hover:text-ink">
            <Trans>Onboarding</Trans>
          </Link>
        }
        title={name}
        beside={<Badge tone={plainTone(state)}>{state}</Badge>}
        below={
          <span role="status" className="text-12">
            <Trans>
              {done} of {steps.length} steps are done.
            </Trans>
          </span>
        }
        actions={
          <>
            {stopped && (
              <>
                <Button
                  tone="danger"
                  icon={<Undo2 size={13} aria-hidden />}
                  busy={undo.isPending}
                  onClick={() => undo.mutate()}
                >
                  <Trans>Take it back</Trans>
                </Button>
                <Button
                  tone="primary"
                  shortcut="r"
                  icon={<RotateCw size={13} aria-hidden />}
                  busy={retry.isPending}
                  onClick={() => retry.mutate()}
                >
                  <Trans>Go on</Trans>
                </Button>
              </>
            )}
            {onboarding.has_key && state === "succeeded" && may("onboarding:write") && (
              <Button icon={<KeyRound size={13} aria-hidden />} busy={reveal.isPending} onClick={() => reveal.mutate()}>
                <Trans>Show the first key</Trans>
              </Button>
            )}
            {state === "succeeded" && (
              <Link
                to="/console/tenants/$tenantId"
                params={{ tenantId: onboarding.tenant_id }}
                search={{}}
                className={buttonClass("primary")}
              >
                <Trans>To the tenant</Trans>
              </Link>
            )}
          </>
        }
      />
      <Section title={<Trans>Steps</Trans>}>
        <Sheet className="px-13 py-8 sm:px-21">
          <Steps steps={steps} />
        </Sheet>
      </Section>
      {key !== null && <KeyShown value={key} onClose={() => setKey(null)} />}
    </div>
  );
}
