import { Badge, type Tone } from "@/ui/badge";

const tones: Record<string, Tone> = {
  placed: "waiting",
  authorizing: "waiting",
  held: "ok",
  allocated: "ok",
  released: "info",
  settled: "ok",
  lapsed: "ended",
  withdrawn: "ended",
  refund_due: "waiting",
  refunded: "ended",
  refund_failed: "bad",
  disputed: "warn",
  reduced: "info",
  lost: "bad",
};

export function CommitmentState({ state, text }: { state: string; text: string }) {
  return <Badge tone={tones[state] ?? "neutral"}>{text}</Badge>;
}
