import { clsx } from "clsx";
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  Clock,
  Info,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";

export type Tone = "neutral" | "info" | "ok" | "warn" | "bad" | "paused" | "draft" | "ended" | "waiting";

const looks: Record<Tone, { icon: LucideIcon; colour: string }> = {
  neutral: { icon: CircleDot, colour: "bg-sunken text-ink" },
  draft: { icon: CircleDashed, colour: "bg-sunken text-muted" },
  info: { icon: Info, colour: "bg-info-soft text-info" },
  waiting: { icon: Clock, colour: "bg-warn-soft text-warn" },
  ok: { icon: CircleCheck, colour: "bg-ok-soft text-ok" },
  warn: { icon: CircleAlert, colour: "bg-warn-soft text-warn" },
  paused: { icon: CirclePause, colour: "bg-warn-soft text-warn" },
  bad: { icon: CircleAlert, colour: "bg-bad-soft text-bad" },
  ended: { icon: Ban, colour: "bg-sunken text-muted" },
};

/** A state: always an icon and a word, never colour alone. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { icon: Icon, colour } = looks[tone];
  return (
    <span
      className={clsx(
        "inline-flex h-21 max-w-full items-center gap-5 rounded-full px-8 text-12 font-medium whitespace-nowrap",
        colour,
      )}
    >
      <Icon size={13} aria-hidden className="shrink-0" />
      <span className="inline-block truncate first-letter:uppercase">{children}</span>
    </span>
  );
}

/** The state of a record that belongs to identity or the platform, by its word. */
export function plainTone(state: string): Tone {
  if (["active", "live", "accepted", "verified", "succeeded", "healthy"].includes(state)) return "ok";
  if (["pending", "invited", "provisioning", "running", "moving", "queued", "picked"].includes(state)) return "waiting";
  if (["degraded", "maintenance"].includes(state)) return "warn";
  if (["suspended", "failed", "locked", "unhealthy", "firing"].includes(state)) return "bad";
  if (["revoked", "expired", "archived", "removed", "undone", "ended"].includes(state)) return "ended";
  return "neutral";
}
