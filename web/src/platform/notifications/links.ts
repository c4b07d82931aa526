export interface Piece {
  text: string;
  href: string | null;
}

const address = /https?:\/\/[^\s<>"')\]]+/g;

/** Cuts plain text into pieces, web addresses apart; only http and https ever become links. */
export function findLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    const href = match[0].replace(/[.,;:!?]+$/, "");
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), href: null });
    pieces.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: null });
  return pieces;
}
