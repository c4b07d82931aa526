import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Paperclip } from "lucide-react";
import type { ReactNode } from "react";

import { formatInstant, formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";

import type { Share, ShownEvidence } from "./types";

const tones: Record<string, Tone> = {
  planned: "draft",
  evidence_in: "waiting",
  rejected: "warn",
  approved: "info",
  release_instructed: "info",
  released: "ok",
};

function stateWord(state: string): string {
  const words: Record<string, string> = {
    planned: t`Planned`,
    evidence_in: t`Evidence is in`,
    rejected: t`Evidence not accepted`,
    approved: t`Approved`,
    release_instructed: t`Release under way`,
    released: t`Released`,
  };
  return words[state] ?? state.replaceAll("_", " ");
}

/** Basis points as per cent without needless zeros: 2,550 is "25.5 %". */
export function perCent(basisPoints: number): string {
  return `${(basisPoints / 100).toLocaleString("en-GB", { maximumFractionDigits: 2 })} %`;
}

interface ShareCardProps {
  share: Share;
  /** When the terms name the shares and nothing is allocated yet. */
  evidence: readonly ShownEvidence[];
  evidenceName?: (evidence: ShownEvidence) => ReactNode;
  amount?: ReactNode;
  zone?: string;
  actions?: ReactNode;
}

/** One published share: how much, when, what it rests on, and how far it is; the same for all three sides. */
export function ShareCard({ share, evidence, evidenceName, amount, zone, actions }: ShareCardProps) {
  const due = formatInstant(share.due_at, zone);
  return (
    <article className="flex flex-col gap-5 border-b border-line p-13 last:border-0 sm:px-21">
      <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
        <h3 className="min-w-0 flex-1 basis-[200px] text-16 font-medium break-words">
          <span className="text-muted">{share.sequence}.</span> {share.title}
        </h3>
        <Badge tone={tones[share.state] ?? "neutral"}>{stateWord(share.state)}</Badge>
        <span className="text-16 font-medium">{perCent(share.share_bp)}</span>
      </div>
      <p className="text-16 text-pretty text-muted">
        <Rests share={share} due={due} />
      </p>
      {amount !== undefined && <p className="text-16">{amount}</p>}
      {share.reason !== null && share.state === "rejected" && (
        <p className="border-l-2 border-line-strong pl-13 text-16 text-pretty break-words">{share.reason}</p>
      )}
      {evidence.length > 0 && (
        <ul className="flex flex-col gap-3" aria-label={t`Evidence of ${share.title}`}>
          {evidence.map((each) => (
            <li key={each.sha256} className="flex items-baseline gap-8 text-12">
              <Paperclip size={13} aria-hidden className="shrink-0 translate-y-1 text-muted" />
              <span className="min-w-0 break-words">
                {evidenceName === undefined ? <span className="font-medium">{each.name}</span> : evidenceName(each)}
                {each.note !== null && <span className="text-muted"> · {each.note}</span>}
                <span className="text-muted"> · {formatShort(each.taken_at ?? each.added_at)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {actions !== undefined && <div className="mt-3 flex flex-wrap gap-8">{actions}</div>}
    </article>
  );
}

function Rests({ share, due }: { share: Share; due: string }) {
  if (share.is_last) return <Trans>What is not released before. It leaves escrow after the inspection.</Trans>;
  if (share.is_upfront) {
    return <Trans>Released before anything is delivered, once the organisation approves it. Due {due}.</Trans>;
  }
  if (share.auto_approve_hours === null) {
    return <Trans>Released on evidence, once the organisation approves it. Due {due}.</Trans>;
  }
  return (
    <Plural
      value={share.auto_approve_hours}
      one={`Released on evidence: approved by the organisation, or when it stands undisputed for # hour. Due ${due}.`}
      other={`Released on evidence: approved by the organisation, or when it stands undisputed for # hours. Due ${due}.`}
    />
  );
}
