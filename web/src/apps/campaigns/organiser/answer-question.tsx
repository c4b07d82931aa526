import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Question } from "../talk-types";

interface AnswerQuestionProps {
  campaignId: string;
  question: Question;
  onClose: () => void;
}

export function AnswerQuestion({ campaignId, question, onClose }: AnswerQuestionProps) {
  const [answer, setAnswer] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const given = answer.trim();
  const shared = {
    refresh: [[`/campaigns/${campaignId}/questions`]],
    refused: t`The question stays open`,
    onDone: onClose,
    onRefused: (problem: { errors: { hint: string }[]; said: string }) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  };
  const send = useAct({
    ...shared,
    work: () => post<Question>(`/questions/${question.id}/answer`, { answer: given }),
    done: () => t`Question and answer are public`,
  });
  const hide = useAct({
    ...shared,
    work: () => post<Question>(`/questions/${question.id}/hide`),
    done: () => t`Kept from the public`,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Answer a question</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== "") send.mutate();
        }}
      >
        <blockquote className="border-l-2 border-line-strong pl-13 text-16 break-words whitespace-pre-wrap">{question.text}</blockquote>
        <TextArea
          label={t`Answer`}
          rows={5}
          autoFocus
          maxLength={2000}
          hint={t`Published with the question, without the name of who asked.`}
          value={answer}
          onChange={(event) => setAnswer(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" busy={hide.isPending} onClick={() => hide.mutate()}>
            <Trans>Hide the question</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={given === ""}>
            <Trans>Publish the answer</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
