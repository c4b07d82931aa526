// Names as the server's manifest gives them.
export const permissions = { read: ["approvals:read"], decide: ["approvals:decide"] } as const;
