// Names as the server's manifest gives them; any one of a list opens the page.
export const permissions = {
  organise: ["campaigns:read"],
  supply: ["campaigns:supply"],
  create: ["campaigns:organise"],
  books: ["campaigns:books"],
  settle: ["campaigns:settle"],
  configure: ["campaigns:configure"],
  join: ["campaigns:commit"],
} as const;
