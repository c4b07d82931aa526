import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, Check, ChevronsUpDown, CircleUserRound, Clock, LogOut, Menu as MenuIcon, Plus, Search, Settings } from "lucide-react";

import { useMe } from "@/kernel/me";
import { IconButton, Key } from "@/ui/button";
import { Mark } from "@/ui/cube";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/ui/menu";

import { ThemeItems } from "./theme-items";
import { useUi } from "./ui-state";
import { useLeave } from "./use-leave";
import { useMayMoveClock } from "./use-may-move-clock";
import { useSwitch } from "./use-switch";

export function TopBar() {
  return (
    <header
      data-chrome
      className="sticky top-0 z-20 flex h-44 items-center gap-8 border-b border-line bg-ground px-8 md:px-13"
    >
      <IconButton label={t`Open navigation`} className="md:hidden" onClick={() => useUi.setState({ drawer: true })}>
        <MenuIcon size={16} aria-hidden />
      </IconButton>
      <Link to="/" aria-label={t`Metatron, home`} className="hidden shrink-0 md:block">
        <Mark size={26} />
      </Link>
      <OrganisationSwitcher />
      <button
        type="button"
        onClick={() => useUi.setState({ palette: true })}
        className="ml-auto flex h-[28px] pointer-coarse:h-[40px] pointer-coarse:min-w-[40px] justify-center items-center gap-8 rounded-5 border border-line bg-paper px-8 text-12 text-muted hover:border-line-strong md:w-233"
      >
        <Search size={13} aria-hidden />
        <span className="hidden flex-1 text-left md:inline">
          <Trans>Go or do…</Trans>
        </span>
        <span className="sr-only md:hidden">
          <Trans>Open the palette</Trans>
        </span>
        <Key>Ctrl K</Key>
      </button>
      <AccountMenu />
    </header>
  );
}

function OrganisationSwitcher() {
  const me = useMe();
  const navigate = useNavigate();
  const change = useSwitch();
  const mayMoveClock = useMayMoveClock();
  const name = me?.tenant?.name ?? t`No organisation`;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={me?.tenant?.is_sandbox === true ? t`Organisation: ${name} Sandbox` : t`Organisation: ${name}`}
          className="flex h-34 min-w-0 items-center gap-5 rounded-5 px-8 text-12 font-semibold hover:bg-sunken"
        >
          <span className="truncate">{name}</span>{" "}
          {me?.tenant?.is_sandbox === true && (
            <span className="rounded-3 bg-soft px-5 font-normal">
              <Trans>Sandbox</Trans>
            </span>
          )}
          <ChevronsUpDown size={12} aria-hidden className="shrink-0 text-muted" />
        </button>
      }
    >
      <MenuLabel>
        <Trans>Organisations</Trans>
      </MenuLabel>
      {me?.memberships.map((membership) => (
        <MenuItem
          key={membership.tenant_id}
          icon={membership.tenant_id === me.tenant?.id ? <Check size={13} aria-hidden /> : <Building2 size={13} aria-hidden />}
          onSelect={() => void change(membership)}
        >
          {membership.name}
        </MenuItem>
      ))}
      <MenuLine />
      {mayMoveClock && (
        <MenuItem icon={<Clock size={13} aria-hidden />} onSelect={() => useUi.setState({ clock: true })}>
          <Trans>Test clock</Trans>
        </MenuItem>
      )}
      <MenuItem icon={<Plus size={13} aria-hidden />} onSelect={() => void navigate({ to: "/organisations/new" })}>
        <Trans>New organisation</Trans>
      </MenuItem>
    </Menu>
  );
}

function AccountMenu() {
  const me = useMe();
  const navigate = useNavigate();
  const leave = useLeave();
  return (
    <Menu
      trigger={
        <IconButton label={t`Account and theme`}>
          <CircleUserRound size={18} strokeWidth={1.6} aria-hidden />
        </IconButton>
      }
    >
      <MenuLabel>{me?.user.email}</MenuLabel>
      <MenuItem icon={<Settings size={13} aria-hidden />} onSelect={() => void navigate({ to: "/settings/profile" })}>
        <Trans>Settings</Trans>
      </MenuItem>
      <MenuLine />
      <ThemeItems />
      <MenuLine />
      <MenuItem icon={<LogOut size={13} aria-hidden />} onSelect={leave}>
        <Trans>Sign out</Trans>
      </MenuItem>
    </Menu>
  );
}
