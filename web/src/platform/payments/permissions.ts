// Names as the server's manifest gives them; any one of a list opens the page.
export const permissions = {
  read: ["payments:read"],
  import: ["payments:import"],
  resolve: ["payments:resolve"],
} as const;
