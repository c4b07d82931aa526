import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { Instruction } from "./types";
import { instructionStateWords, instructionWords } from "./words";

const tones: Record<string, Tone> = { confirmed: "ok", failed: "bad", unknown: "warn", created: "draft" };
export const kindWord = ({ kind }: Instruction) => instructionWords()[kind] ?? kind;
export const stateWord = ({ state }: Instruction) => instructionStateWords()[state] ?? state;
const amount = (row: Instruction) => formatMoney(row.amount_minor, row.currency);

export function InstructionState({ instruction }: { instruction: Instruction }) {
  if (instruction.returned_at !== null) return <Badge tone="bad">{t`Returned`}</Badge>;
  return <Badge tone={tones[instruction.state] ?? "waiting"}>{stateWord(instruction)}</Badge>;
}

export function instructionColumns(): WorkColumn<Instruction>[] {
  return [
    {
      id: "kind",
      label: t`What`,
      width: "minmax(120px, 1.2fr)",
      cell: (row) => <span className="font-medium">{kindWord(row)}</span>,
      text: kindWord,
      order: kindWord,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(130px, 1.2fr)",
      cell: (row) => <InstructionState instruction={row} />,
      text: stateWord,
      order: stateWord,
      onPhone: "state",
    },
    { id: "amount", label: t`Amount`, width: "minmax(90px, 1fr)", numeric: true, cell: amount, text: amount, order: (row) => row.amount_minor, onPhone: "detail" },
    {
      id: "attempts",
      label: t`Attempts`,
      width: "minmax(80px, 0.6fr)",
      numeric: true,
      cell: (row) => String(row.attempts),
      text: (row) => String(row.attempts),
      order: (row) => row.attempts,
    },
    {
      id: "failure",
      label: t`Refused for`,
      width: "minmax(120px, 1.5fr)",
      cell: (row) => row.failure_code?.replaceAll("_", " ") ?? "–",
      text: (row) => row.failure_code ?? "",
    },
    {
      id: "reference",
      label: t`Provider's reference`,
      width: "minmax(120px, 1.2fr)",
      hidden: true,
      cell: (row) => <span className="font-mono text-muted">{row.provider_reference ?? "–"}</span>,
      text: (row) => row.provider_reference ?? "",
    },
    {
      id: "created_at",
      label: t`Written`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.created_at),
      text: (row) => row.created_at,
      order: (row) => row.created_at,
      onPhone: "detail",
    },
  ];
}
