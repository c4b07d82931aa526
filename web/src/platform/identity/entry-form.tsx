import type { ReactNode, SubmitEventHandler } from "react";

import { Button } from "@/ui/button";
import { FormRefusal } from "@/ui/field";

interface EntryFormProps {
  title: ReactNode;
  intro?: ReactNode;
  refusal: string | undefined;
  busy: boolean;
  send: ReactNode;
  onSubmit: SubmitEventHandler<HTMLFormElement>;
  children: ReactNode;
  below?: ReactNode;
}

/** The shape of every page before one is in: a heading, its fields, one primary action, ways aside. */
export function EntryForm({ title, intro, refusal, busy, send, onSubmit, children, below }: EntryFormProps) {
  return (
    <>
      <h1 className="text-26 font-semibold">{title}</h1>
      {intro !== undefined && intro !== false && <p className="mt-5 text-16 text-pretty text-muted">{intro}</p>}
      <form noValidate onSubmit={onSubmit} className="mt-21 flex flex-col gap-21">
        {children}
        <FormRefusal message={refusal} />
        <Button tone="primary" size="normal" type="submit" busy={busy}>
          {send}
        </Button>
      </form>
      {below !== undefined && <div className="mt-21 flex flex-col gap-8 border-t border-line pt-21 text-12">{below}</div>}
    </>
  );
}

export const textLink = "font-medium text-link underline underline-offset-2";
