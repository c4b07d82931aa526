import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";

import { useMe } from "@/kernel/me";
import type { NavItem } from "@/kernel/modules";

import { groupNames, groupOrder, navFor } from "./nav-items";

export function SideNav({ onGo }: { onGo?: () => void }) {
  const items = navFor(useMe());
  const groups = groupOrder
    .map((group) => ({ group, items: items.filter((item) => item.group === group) }))
    .filter((entry) => entry.items.length > 0);
  return (
    <nav aria-label={t`Main`} className="flex flex-col gap-21 md:gap-13">
      {groups.map(({ group, items: entries }) => (
        <div key={group}>
          <p className="px-8 pb-3 text-10 font-medium tracking-[0.05em] text-muted uppercase">{i18n._(groupNames[group])}</p>
          {entries.map((item) => (
            <NavLink key={item.to} item={item} {...(onGo === undefined ? {} : { onGo })} />
          ))}
        </div>
      ))}
    </nav>
  );
}

function NavLink({ item, onGo }: { item: NavItem; onGo?: () => void }) {
  const Icon = item.icon;
  return (
    <Link
      to={item.to}
      preload="intent"
      activeOptions={{ exact: item.exact === true }}
      onClick={() => onGo?.()}
      activeProps={{ className: "bg-sunken font-medium text-ink", "aria-current": "page" }}
      inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-ink" }}
      className="group relative flex h-44 items-center gap-8 rounded-5 px-8 text-16 md:h-[28px] md:text-12"
    >
      <span
        aria-hidden
        className="absolute inset-y-5 left-0 hidden w-3 rounded-full bg-highlight group-aria-[current=page]:block"
      />
      <Icon size={16} strokeWidth={1.6} aria-hidden />
      <span className="flex-1 truncate">{i18n._(item.label)}</span>
      <kbd className="absolute inset-y-0 right-8 hidden items-center bg-sunken pl-5 font-mono text-10 text-muted md:group-hover:flex">g {item.key}</kbd>
    </Link>
  );
}
