// Names as the server's manifests give them; any one of a list opens the page.
export const permissions = {
  organisation: ["identity:manage_organisation", "identity:read_organisation"],
  members: ["identity:manage_members", "identity:read_members"],
  roles: ["identity:manage_roles", "identity:read_roles"],
  keys: ["identity:manage_api_keys", "identity:read_api_keys"],
} as const;
