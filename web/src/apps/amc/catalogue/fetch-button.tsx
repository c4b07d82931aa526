import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CloudDownload } from "lucide-react";

import { useCan } from "@/kernel/me";
import { Button, buttonClass } from "@/ui/button";
import { Menu, MenuItem, MenuLabel } from "@/ui/menu";

import { permissions } from "../permissions";
import type { ImportSubject } from "./types";
import { useFetch, useSignedIn } from "./use-fetch";

/** Fills the catalogue from the Ads API; with several sign-ins one says whose. */
export function FetchButton({ subject }: { subject: ImportSubject }) {
  const can = useCan();
  const places = useSignedIn();
  const ask = useFetch(subject);
  if (!can(...permissions.edit) || places === undefined) return null;
  const words = subject === "asins" ? <Trans>Fetch products from Amazon</Trans> : <Trans>Fetch campaigns from Amazon</Trans>;
  const icon = <CloudDownload size={13} aria-hidden />;
  const [first] = places;
  if (first === undefined) {
    return can(...permissions.manage) ? (
      <Link to="/amc/connections" className={buttonClass("plain")}>
        {icon}
        <Trans>Sign in to fetch from Amazon</Trans>
      </Link>
    ) : null;
  }
  if (places.length === 1) {
    return (
      <Button icon={icon} busy={ask.isPending} onClick={() => ask.mutate(first.id)}>
        {words}
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <Button icon={icon} busy={ask.isPending}>
          {words}
        </Button>
      }
    >
      <MenuLabel>
        <Trans>With the sign-in</Trans>
      </MenuLabel>
      {places.map(({ id, name }) => (
        <MenuItem key={id} onSelect={() => ask.mutate(id)}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
