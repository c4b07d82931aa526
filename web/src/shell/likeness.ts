/**
 * How well a verb's words answer what was typed, from 0 (not at all) to 1: the beginning of the words first, then the
 * beginning of one of them, then letters in one piece, then every typed word somewhere,
 * at last the part of the suite it belongs to.
 */
export function likeness(label: string, typed: string, within = ""): number {
  const words = label.toLowerCase();
  const wanted = typed.trim().toLowerCase();
  if (wanted === "" || words.startsWith(wanted)) return 1;
  if (words.includes(` ${wanted}`)) return 0.8;
  if (words.includes(wanted)) return 0.6;
  const parts = wanted.split(/\s+/);
  if (parts.length > 1 && parts.every((part) => words.includes(part))) return 0.4;
  const initials = words.split(/\s+/).map((word) => word.charAt(0)).join("");
  if (initials.startsWith(wanted)) return 0.2;
  const both = `${within.toLowerCase()} ${words}`;
  return within !== "" && parts.every((part) => both.includes(part)) ? 0.1 : 0;
}
