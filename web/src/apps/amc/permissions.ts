// Names as the server's manifest gives them; any one of a list opens the page.
export const permissions = {
  read: ["amc:read"],
  run: ["amc:run"],
  edit: ["amc:edit"],
  manage: ["amc:manage"],
} as const;
