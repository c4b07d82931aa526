import { getRouteApi } from "@tanstack/react-router";

import { Mailbox } from "./mailbox";

const open = getRouteApi("/open/mailbox");
const inside = getRouteApi("/app/local-mailbox");

/** For whoever is not signed in yet and waits for a link. */
export function MailboxPage() {
  const navigate = open.useNavigate();
  return <Mailbox search={open.useSearch()} onSearch={(search, replace) => void navigate({ search, replace })} />;
}

/** The same for people at work: the menu stays beside it. */
export function MailboxInside() {
  const navigate = inside.useNavigate();
  return <Mailbox search={inside.useSearch()} onSearch={(search, replace) => void navigate({ search, replace })} />;
}
