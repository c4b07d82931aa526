import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { asProblem } from "@/kernel/problem";
import { useSession } from "@/kernel/session";
import { Button } from "@/ui/button";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { becomeParticipant } from "../member/use-commit";
import type { Question } from "../talk-types";
import type { PublicCampaign } from "../types";

interface AskProps {
  orgSlug: string;
  campaign: PublicCampaign;
}

export function AskQuestion({ orgSlug, campaign }: AskProps) {
  const signedIn = useSession((state) => state.status === "in");
  if (signedIn) return <QuestionForm orgSlug={orgSlug} campaign={campaign} />;
  return (
    <p className="mt-13 text-16">
      <Link
        to="/sign-in"
        search={{ return_to: `/o/${orgSlug}/campaigns/${campaign.slug}`, organisation: orgSlug }}
        className="font-medium text-link underline underline-offset-2"
      >
        <Trans>Sign in to ask a question</Trans>
      </Link>
    </p>
  );
}

function QuestionForm({ orgSlug, campaign }: AskProps) {
  const me = useMe();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const given = text.trim();
  const send = () => post<Question>(`/campaigns/${campaign.id}/questions`, { text: given });
  const ask = useAct({
    work: async () => {
      if (me?.tenant?.slug !== orgSlug) await becomeParticipant(campaign.id, orgSlug);
      try {
        return await send();
      } catch (error) {
        if (!asProblem(error).forbidden) throw error;
        await becomeParticipant(campaign.id, orgSlug);
        return send();
      }
    },
    refresh: [],
    refused: t`The question was not sent`,
    onDone: () => {
      setText("");
      setRefusal(undefined);
      setAsked(true);
    },
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <form
      noValidate
      className="mt-21 flex flex-col gap-13"
      onSubmit={(event) => {
        event.preventDefault();
        if (given !== "") ask.mutate();
      }}
    >
      {asked && (
        <p role="status" className="rounded-5 bg-soft p-13 text-16">
          <Trans>Your question is with the organiser. It appears here, without your name, once it is answered.</Trans>
        </p>
      )}
      <TextArea
        label={t`Ask the organiser`}
        hint={t`Question and answer become public, without your name.`}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <FormRefusal message={refusal} />
      <Button size="normal" type="submit" className="self-start" busy={ask.isPending} disabled={given === ""}>
        <Trans>Send the question</Trans>
      </Button>
    </form>
  );
}
