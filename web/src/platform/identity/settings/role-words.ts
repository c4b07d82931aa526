/** Names of roles as one reads them: "Organiser, owner". Built-in names come in small letters. */
export function roleWords(names: readonly string[]): string {
  const said = names.join(", ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}
