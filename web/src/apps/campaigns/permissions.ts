// Names as the server's manifest gives them; any one of a list opens the page.
export const permissions = {
  organise: ["campaigns:read", "campaigns:manage", "campaigns:create"],
  supply: ["campaigns:supply"],
  join: ["campaigns:commit", "campaigns:join"],
} as const;
