import { t } from "@lingui/core/macro";

/** A code of the server's as words: "bulk_to_point" is "Bulk to point". */
export function word(code: string): string {
  const text = code.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A whole number, or the words that stand where nothing is measured. */
export function figure(value: number | null): string {
  return value === null ? t`no data` : value.toLocaleString("en-GB");
}
