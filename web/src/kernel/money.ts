const digitsOf = new Map<string, number>();

/** How many minor digits a currency has (EUR 2, JPY 0, KWD 3). */
export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  return digits;
}

/** Writes minor units as money, e.g. 123450 EUR as "€1,234.50"; the only place that does so. */
export function formatMoney(amountMinor: number, currency: string, locale = "en-GB"): string {
  const digits = minorDigits(currency);
  const sign = amountMinor < 0 ? "-" : "";
  const plain = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  const whole = plain.slice(0, plain.length - digits);
  const part = digits === 0 ? "" : `.${plain.slice(plain.length - digits)}`;
  // A decimal string keeps every digit that a division by 100 could lose.
  const exact = `${sign}${whole}${part}` as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(exact);
}

/** Reads what a person typed ("1,234.5", "12") as minor units; null when it is no such amount. */
export function parseMoney(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim().replaceAll(",", ""));
  if (match === null) return null;
  const part = match[2] ?? "";
  if (part.length > digits) return null;
  const minor = Number(`${match[1] ?? ""}${part.padEnd(digits, "0")}`);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Minor units as plain text for a field, e.g. 1250 EUR as "12.50". */
export function plainMoney(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  const plain = String(amountMinor).padStart(digits + 1, "0");
  return digits === 0 ? plain : `${plain.slice(0, -digits)}.${plain.slice(-digits)}`;
}
