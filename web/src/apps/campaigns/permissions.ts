// Names as the server's manifest gives them; any one of a list opens the page.
export const permissions = {
  organise: ["campaigns:read"],
  supply: ["campaigns:supply"],
  create: ["campaigns:organise"],
  review: ["campaigns:review"],
  configure: ["campaigns:configure"],
  books: ["campaigns:books"],
  settle: ["campaigns:settle"],
  care: ["campaigns:care"],
  join: ["campaigns:commit"],
} as const;
