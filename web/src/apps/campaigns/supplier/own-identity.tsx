import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";

import { get } from "@/kernel/client";
import { formatDay } from "@/kernel/time";

import type { OwnIdentity } from "./types";

/** Whether releases to oneself wait for one's identity; nothing where nobody asks for it. */
export function OwnIdentityNote() {
  const { data } = useQuery({
    queryKey: ["/supplier/verification"],
    queryFn: ({ signal }) => get<OwnIdentity>("/supplier/verification", { signal }),
  });
  if (data?.is_needed !== true) return null;
  const Mark = data.state === "verified" ? ShieldCheck : ShieldAlert;
  const until = data.valid_until === null ? null : formatDay(data.valid_until);
  return (
    <p className="mb-21 flex items-start gap-13 rounded-5 border border-line bg-sunken p-13 text-16 text-pretty">
      <Mark size={16} aria-hidden className="mt-5 shrink-0" />
      {data.state === "verified" ? (
        until === null ? (
          <Trans>The organisation has verified who you are.</Trans>
        ) : (
          <Trans>The organisation has verified who you are, until {until}.</Trans>
        )
      ) : data.state === "refused" ? (
        <Trans>The organisation could not verify who you are. Nothing is released to you until it has: ask its finance what is missing.</Trans>
      ) : data.state === "expired" ? (
        <Trans>The organisation verified who you are until {until}. Nothing is released to you until it has done so again.</Trans>
      ) : (
        <Trans>The organisation has not verified yet who you are. Nothing is released to you until it has: ask its finance what it needs.</Trans>
      )}
    </p>
  );
}
