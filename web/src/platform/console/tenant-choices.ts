import { t } from "@lingui/core/macro";

import type { Choice } from "@/ui/select";

export const tiers = (): Choice<"free" | "basic" | "pro" | "enterprise">[] => [
  { value: "free", label: t`Free` },
  { value: "basic", label: t`Basic` },
  { value: "pro", label: t`Pro` },
  { value: "enterprise", label: t`Enterprise` },
];

export const environments = (): Choice<"development" | "staging" | "production">[] => [
  { value: "development", label: t`Development` },
  { value: "staging", label: t`Staging` },
  { value: "production", label: t`Production` },
];

export const kinds = (): Choice<"web" | "mobile" | "desktop" | "api">[] => [
  { value: "web", label: t`Web` },
  { value: "mobile", label: t`Mobile` },
  { value: "desktop", label: t`Desktop` },
  { value: "api", label: t`API` },
];
