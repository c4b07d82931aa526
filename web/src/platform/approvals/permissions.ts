// Names as the server's manifest gives them.
export const permissions = { read: ["approvals:read"], decide: ["approvals:decide"], configure: ["approvals:configure"] } as const;
