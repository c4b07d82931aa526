/** Leaves for Amazon's page of consent; the person comes back to /amc/connected. */
export function toAmazon(address: string): void {
  const { protocol } = new URL(address, window.location.href);
  // The server makes this address; anything that is not a page is never opened.
  if (protocol === "https:" || protocol === "http:") window.location.assign(address);
}
