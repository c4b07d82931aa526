import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { useId, useState } from "react";

import { get } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Field, inputClass } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { Skeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { Hit } from "./look-up-types";
import { hitWord } from "./look-up-words";

/** One box for whatever somebody reads out: a reference, an id, the provider's own name for it. */
export function LookUp() {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const hintId = useId();
  const ready = text.trim().length >= 3;
  return (
    <section className="mb-21">
      <form
        className="flex items-end gap-8"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) setAsked(text.trim());
        }}
      >
        <Field label={t`Look up`} className="min-w-0 flex-1">
          {({ id }) => (
            <input
              id={id}
              type="search"
              aria-describedby={hintId}
              className={clsx(inputClass, "h-44")}
              maxLength={200}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button size="normal" type="submit" disabled={!ready}>
          <Trans>Find</Trans>
        </Button>
      </form>
      <p id={hintId} className="label mt-5">
        <Trans>A campaign, a commitment, a transfer, or the provider&rsquo;s number.</Trans>
      </p>
      {asked !== "" && <Found asked={asked} />}
    </section>
  );
}

function Found({ asked }: { asked: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["/campaign-lookup", asked],
    queryFn: ({ signal }) => get<{ items: Hit[] }>("/campaign-lookup", { signal, query: { q: asked } }),
  });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton className="mt-13 h-44 w-full" />;
  if (data.items.length === 0) {
    return (
      <p role="status" className="mt-13 text-16">
        <Trans>Nothing is known under “{asked}”.</Trans>
      </p>
    );
  }
  return (
    <Sheet className="mt-13">
      <ul aria-label={t`Found`}>
        {data.items.map((hit) => (
          <HitLine key={`${hit.kind}${hit.id}`} hit={hit} />
        ))}
      </ul>
    </Sheet>
  );
}

function HitLine({ hit }: { hit: Hit }) {
  const amount = hit.amount_minor === null || hit.currency === null ? null : formatMoney(hit.amount_minor, hit.currency);
  return (
    <li className="flex flex-wrap items-baseline gap-x-21 gap-y-3 border-b border-line px-13 py-8 text-12 last:border-0">
      <span className="label w-89">{hitWord(hit.kind)}</span>
      <span className="min-w-0 flex-1 basis-[200px] break-words">
        {hit.path === null ? (
          hit.label
        ) : (
          <Link to={hit.path} className="font-medium text-link underline underline-offset-2">
            {hit.label}
          </Link>
        )}
        {hit.detail !== null && <span className="label block">{hit.detail}</span>}
      </span>
      {hit.state !== null && <span className="label inline-block first-letter:uppercase">{hit.state.replaceAll("_", " ")}</span>}
      {amount !== null && <span className="ml-auto font-medium">{amount}</span>}
    </li>
  );
}
