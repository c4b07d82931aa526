import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatInstant, formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { PersonName } from "@/ui/person";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { LoggedMail } from "./types";

const tones: Record<string, Tone> = { sent: "ok", queued: "waiting", failed: "bad", held: "waiting", digested: "ok", withheld: "neutral" };

export function stateWords(): Record<string, string> {
  return {
    sent: t`Handed over`,
    queued: t`Waiting`,
    failed: t`Not delivered`,
    held: t`For the daily digest`,
    digested: t`In a daily digest`,
    withheld: t`Not wanted`,
  };
}

/** "campaigns.commitment.confirm_refund.member" as words: "confirm refund · member". */
export function textWords(template: string): string {
  const parts = template.split(".").map((part) => part.replaceAll("_", " "));
  return parts.slice(parts.length > 2 ? 2 : 0).join(" · ");
}

const state = (row: LoggedMail) => stateWords()[row.state] ?? row.state;
const version = (row: LoggedMail) => String(row.template_version);

function MailState({ mail }: { mail: LoggedMail }) {
  return <Badge tone={tones[mail.state] ?? "neutral"}>{state(mail)}</Badge>;
}

export function logColumns(): WorkColumn<LoggedMail>[] {
  return [
    {
      id: "template",
      label: t`Text`,
      width: "minmax(190px, 2.5fr)",
      cell: (row) => <span className="inline-block font-medium first-letter:uppercase">{textWords(row.template)}</span>,
      text: (row) => row.template,
      order: (row) => row.template,
      onPhone: "title",
      wraps: true,
    },
    { id: "version", label: t`Version`, width: "minmax(70px, 0.5fr)", numeric: true, cell: version, text: version, order: (row) => row.template_version },
    {
      id: "state",
      label: t`State`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <MailState mail={row} />,
      text: state,
      order: state,
      onPhone: "state",
    },
    {
      id: "recipient",
      label: t`Told to`,
      width: "minmax(120px, 1.2fr)",
      cell: (row) => <PersonName id={row.recipient_id} />,
      text: (row) => row.recipient_id ?? "",
      onPhone: "detail",
    },
    {
      id: "attempts",
      label: t`Attempts`,
      width: "minmax(80px, 0.5fr)",
      numeric: true,
      cell: (row) => String(row.attempts),
      text: (row) => String(row.attempts),
      order: (row) => row.attempts,
    },
    {
      id: "created_at",
      label: t`Written`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      order: (row) => row.created_at,
      onPhone: "detail",
    },
  ];
}

export function LoggedDrawer({ mail }: { mail: LoggedMail }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="font-mono text-12 font-semibold break-all">{mail.template}</h2>
        <MailState mail={mail} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">Version of the text</Trans>, version(mail)],
          [<Trans key="n">Language</Trans>, mail.locale],
          [<Trans key="n">Told to</Trans>, <PersonName key="v" id={mail.recipient_id} />],
          [<Trans key="n">Written</Trans>, formatInstant(mail.created_at)],
          [<Trans key="n">Handed over</Trans>, mail.sent_at === null ? "–" : formatInstant(mail.sent_at)],
          [<Trans key="n">Attempts</Trans>, String(mail.attempts)],
          [<Trans key="n">Last outcome</Trans>, mail.last_outcome?.replaceAll("_", " ") ?? "–"],
          [<Trans key="n">Answer of the mail server</Trans>, mail.last_smtp_code === null ? "–" : String(mail.last_smtp_code)],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={mail.id} />],
        ]}
      />
    </div>
  );
}
