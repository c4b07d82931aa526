import { t } from "@lingui/core/macro";

const units = ["B", "kB", "MB", "GB", "TB"];

/** A size in steps of a thousand, three digits at most: "8.4 MB". */
export function bytes(size: number): string {
  let value = size;
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString("en-GB", { maximumFractionDigits: digits })} ${units[step] ?? ""}`;
}

export function share(percent: number | null): string {
  return percent === null ? t`no data` : `${percent.toLocaleString("en-GB", { maximumFractionDigits: 1 })} %`;
}
