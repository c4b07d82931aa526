import { t } from "@lingui/core/macro";

/** What an issue may concern, in the order in which it is asked. */
export function categories(): { value: string; label: string }[] {
  return [
    { value: "not_received", label: t`It did not arrive` },
    { value: "damaged", label: t`It is damaged` },
    { value: "incomplete", label: t`Something is missing` },
    { value: "not_as_described", label: t`It is not as described` },
    { value: "other", label: t`Something else` },
  ];
}

export function categoryWord(category: string): string {
  return categories().find(({ value }) => value === category)?.label ?? category;
}
