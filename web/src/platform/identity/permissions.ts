// Names as the server's manifests give them; any one of a list opens the page.
export const permissions = {
  organisation: ["tenancy:settings"],
  members: ["tenancy:members", "tenancy:manage_members"],
  roles: ["tenancy:roles"],
  keys: ["tenancy:api_keys", "tenancy:manage_api_keys"],
  invite: ["tenancy:manage_members"],
  makeKeys: ["tenancy:manage_api_keys"],
  erase: ["personal_data:erase"],
  clock: ["tenancy:clock"],
} as const;
