import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";

import type { Me } from "@/kernel/api-types";
import { patch, post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useMe } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";
import { Facts, PageHead, Section } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { say } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { OwnDataSection } from "./own-data-section";

export function ProfilePage() {
  useTitle(t`Profile`);
  const me = useMe();
  if (me === undefined) return <PageSkeleton />;
  return (
    <div className="max-w-618">
      <PageHead title={<Trans>Profile</Trans>} />
      <NameForm me={me} />
      <Address me={me} />
      <OwnDataSection />
    </div>
  );
}

const schema = z.object({ display_name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Enter your name` }), z.maxLength(120)) });

function NameForm({ me }: { me: Me }) {
  const queries = useQueryClient();
  const form = useZodForm(schema, { display_name: me.user.display_name });
  const { errors, isSubmitting, isDirty } = form.formState;
  const save = form.handleSubmit(async (values) => {
    try {
      await patch("/auth/me", values);
      await queries.invalidateQueries({ queryKey: ["me"] });
      form.reset(values);
      say({ title: t`Name saved` });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="mb-34 flex flex-col gap-13">
      <TextField
        label={t`Name`}
        hint={t`Shown to the people you work with.`}
        autoComplete="name"
        error={errors.display_name?.message}
        {...form.register("display_name")}
      />
      <FormRefusal message={errors.root?.message} />
      <Button tone="primary" type="submit" size="normal" busy={isSubmitting} disabled={!isDirty} className="self-start">
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}

function Address({ me }: { me: Me }) {
  const resend = useAct({
    work: () => post("/auth/resend-verification"),
    refresh: [],
    done: () => t`A link is on its way to ${me.user.email}`,
    refused: t`No link was sent`,
  });
  const state = me.user.email_verified ? (
    <Badge tone="ok">
      <Trans>Confirmed</Trans>
    </Badge>
  ) : (
    <Button busy={resend.isPending} onClick={() => resend.mutate()}>
      <Trans>Send the link again</Trans>
    </Button>
  );
  return (
    <Section title={<Trans>Address</Trans>}>
      <Facts
        facts={[
          [<Trans key="mail">E-mail</Trans>, me.user.email],
          [<Trans key="state">State</Trans>, state],
        ]}
      />
    </Section>
  );
}
