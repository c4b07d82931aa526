import { t } from "@lingui/core/macro";

const shortened = /\b(api|url|urls|id|smtp|cors|otlp|amc|sql|gb)\b/g;

/** A code of the server's as words: "bulk_to_point" is "Bulk to point", "api_key_created" is "API key created". */
export function word(code: string): string {
  const text = code
    .replaceAll("_", " ")
    .replaceAll(shortened, (letters) => letters.toUpperCase().replace("URLS", "URLs"));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A whole number, or the words that stand where nothing is measured. */
export function figure(value: number | null): string {
  return value === null ? t`no data` : value.toLocaleString("en-GB");
}
