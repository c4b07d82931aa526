import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

/** The public half of a key that signs, or has signed, the log. */
export interface AuditKey {
  kid: string;
  /** The SHA-256 of the key, in hex: what is noted outside any proof. */
  fingerprint: string;
  began_at: string | null;
}

export const KEYS_ADDRESS = "/api/v1/public/audit-keys";

/** The keys, the newest first; none before the first checkpoint is signed. */
export function useAuditKeys(): AuditKey[] {
  const { data } = useQuery({
    queryKey: ["/public/audit-keys"],
    queryFn: ({ signal }) => get<{ keys: AuditKey[] }>("/public/audit-keys", { signal }),
  });
  return data?.keys ?? [];
}

/** Four groups of sixteen: as one reads them out, and as they break on a phone. */
export function Fingerprint({ value }: { value: string }) {
  return <code className="font-mono break-all">{value.match(/.{1,16}/g)?.join(" ")}</code>;
}

/** How anybody holds the log against us later: by a key noted before it is needed. */
export function CheckUs() {
  const [newest] = useAuditKeys();
  if (newest === undefined) return null;
  return (
    <details className="text-16">
      <summary className="cursor-pointer text-12 leading-[34px] font-semibold">
        <Trans>How to check the record without us</Trans>
      </summary>
      <p className="mt-8 text-pretty text-muted">
        <Trans>
          Each step of this campaign and of each commitment is sealed in a log that is signed every minute. Note the
          fingerprint of the key now: a proof signed by any other key is not ours. The keys before it stay published too.
        </Trans>
      </p>
      <p className="mt-8">
        <Fingerprint value={newest.fingerprint} />
      </p>
      <p className="label mt-5">
        <a href={KEYS_ADDRESS} className="text-link underline underline-offset-2">
          <Trans>All keys, as a key set</Trans>
        </a>
      </p>
    </details>
  );
}
