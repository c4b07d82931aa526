import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import type { Page } from "@/kernel/api-types";
import { get, post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { FormRefusal } from "@/ui/field";
import { PageHead } from "@/ui/page";
import { useAct } from "@/ui/use-act";

import type { Account } from "../types";
import { OnboardFields } from "./onboard-fields";
import { noAccount, onboardBody, onboardSchema, type OnboardValues } from "./onboard-schema";

const route = getRouteApi("/app/operator/console/onboarding/new");
const mostAccounts = 200;

export function OnboardPage() {
  useTitle(t`Set up a tenant`);
  const { account_id: accountId } = route.useSearch();
  const navigate = useNavigate();
  const accounts = useQuery({
    queryKey: ["/admin/accounts", "choices"],
    queryFn: ({ signal }) =>
      get<Page<Account>>("/admin/accounts", { signal, query: { state: "active", limit: mostAccounts } }),
  });
  const form = useZodForm<OnboardValues>(onboardSchema, {
    name: "",
    slug: "",
    account_id: accountId ?? noAccount,
    account_name: "",
    tier: "free",
    environment: "production",
    app_kind: "web",
    placement: "pooled",
    preset: "gold",
    is_sandbox: false,
    email: "",
    display_name: "",
    application_name: t`First application`,
  });
  const start = useAct({
    work: (values: OnboardValues) => post<{ onboarding_id: string }>("/admin/tenants", onboardBody(values)),
    refresh: [["/admin/onboarding"], ["/admin/tenants"], ["/admin/accounts"]],
    refused: t`Nothing was begun`,
    onDone: ({ onboarding_id: onboardingId }) =>
      void navigate({ to: "/console/onboarding/$onboardingId", params: { onboardingId }, replace: true }),
    onRefused: (problem) => showRefusal(form, problem),
  });
  return (
    <form
      noValidate
      className="max-w-1000"
      onSubmit={(event) => void form.handleSubmit((values) => start.mutate(values))(event)}
    >
      <PageHead
        above={
          <Link to="/console/onboarding" search={{}} className="hover:text-ink">
            <Trans>Onboarding</Trans>
          </Link>
        }
        title={<Trans>Set up a tenant</Trans>}
      />
      <OnboardFields form={form} accounts={accounts.data?.items ?? []} />
      <div className="sticky bottom-0 -mx-13 flex flex-wrap items-center justify-end gap-8 border-t border-line bg-ground px-13 py-13">
        <div className="mr-auto">
          <FormRefusal message={form.formState.errors.root?.message} />
        </div>
        <Button tone="primary" size="normal" type="submit" busy={start.isPending}>
          <Trans>Set it up</Trans>
        </Button>
      </div>
    </form>
  );
}
