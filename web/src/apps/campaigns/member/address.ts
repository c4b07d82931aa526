/** Where the units of a commitment are delivered; `country` is an ISO 3166 code of two letters. */
export interface Address {
  recipient: string;
  street: string;
  postal_code: string;
  city: string;
  country: string;
}

export const noAddress: Address = { recipient: "", street: "", postal_code: "", city: "", country: "" };

export function trimmed(address: Address): Address {
  return Object.fromEntries(Object.entries(address).map(([name, value]: [string, string]) => [name, value.trim()])) as unknown as Address;
}

export function isComplete(address: Address): boolean {
  return Object.values(trimmed(address)).every((value) => value !== "");
}

// Regions that have a code and a name, but no addresses.
const nowhere = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);
const letters = Array.from({ length: 26 }, (_, place) => String.fromCharCode(65 + place));

const regionNames = () => new Intl.DisplayNames(["en-GB"], { type: "region", fallback: "none" });

/** Codes of countries that are no more (DD, SU) still have names; they stand for others, as UK stands for GB. */
function isOfToday(code: string): boolean {
  return new Intl.Locale(`und-${code}`).region === code;
}

/** A country's English name; its code where there is none. */
export function countryName(code: string): string {
  return regionNames().of(code) ?? code;
}

/** Every country with its English name, by name. */
export function countries(): { value: string; label: string }[] {
  const names = regionNames();
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  return codes
    .filter((code) => !nowhere.has(code) && isOfToday(code))
    .flatMap((code) => {
      const label = names.of(code);
      return label === undefined ? [] : [{ value: code, label }];
    })
    .toSorted((one, other) => one.label.localeCompare(other.label, "en-GB"));
}
