import { Plural, Trans } from "@lingui/react/macro";
import { CircleAlert, Info } from "lucide-react";

import { dataDaysText, meetsData, type Days } from "../wizard/data-days";
import type { Span } from "./segments";

/** Of which days there are data, and how many segments lie beside all of them; nothing where nobody told. */
export function DataOfSegments({ days, segments }: { days: Days; segments: readonly Span[] }) {
  const told = dataDaysText(days);
  if (told === null) return null;
  const beside = segments.filter(({ start, end }) => !meetsData(days, { start: `${start}T00:00:00`, end: `${end}T00:00:00` })).length;
  const Icon = beside > 0 ? CircleAlert : Info;
  return (
    <p role="status" className={`mt-13 flex items-start gap-5 text-12 ${beside > 0 ? "text-warn" : "text-muted"}`}>
      <Icon size={13} aria-hidden className="mt-2 shrink-0" />
      <span>
        <Trans>The made-up data of the local AMC: {told}.</Trans>{" "}
        {beside > 0 && <Plural value={beside} one="# segment lies beside them: it will have no row." other="# segments lie beside them: they will have no row." />}
      </span>
    </p>
  );
}
