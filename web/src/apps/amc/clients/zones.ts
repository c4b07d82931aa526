/** Whether the browser knows a zone by this IANA name. */
export function knownZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}
