import { Dialog } from "@base-ui/react/dialog";
import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useState } from "react";

import { allCommands, useCommandStore, type Command as Verb } from "@/kernel/commands";
import { wantMaking } from "@/kernel/making";
import { useMe } from "@/kernel/me";
import { useMay } from "@/platform/console/use-access";
import { Key } from "@/ui/button";

import { likeness } from "./likeness";
import { groupNames, makingFor, navFor } from "./nav-items";
import { useUi } from "./ui-state";
import { useSwitch } from "./use-switch";

/** A verb as it stands here; `within` says which part of the suite a place belongs to, and is searched as well. */
interface Entry extends Verb {
  within?: string;
}

/** Every verb of the page at hand, every place, every organisation: one field, Ctrl-K or Cmd-K. */
export default function Palette() {
  const [typed, setTyped] = useState("");
  const commands = useCommandStore((state) => state);
  const navigate = useNavigate();
  const me = useMe();
  const mayOperate = useMay(me?.is_operator === true);
  const change = useSwitch();
  const places: Entry[] = navFor(me).map((item) => ({
    id: `go ${item.to}`,
    label: i18n._(item.label),
    key: `g ${item.key}`,
    group: t`Go to`,
    within: i18n._(groupNames[item.group]),
    run: () => void navigate({ to: item.to }),
  }));
  // What this page can do, then where to go; the page's looks come last, for they are always the same.
  const offered = allCommands(commands);
  const here = new Set(offered.map(({ label }) => label));
  const making: Entry[] = makingFor(me, mayOperate).map(({ label, to, what }) => ({
    id: `make ${to} ${what ?? ""}`,
    label: i18n._(label),
    group: t`Make`,
    run: () => {
      wantMaking(to, what);
      void navigate({ to });
    },
  }));
  const elsewhere = making.filter(({ label }) => !here.has(label));
  const organisations: Entry[] = (me?.memberships ?? [])
    .filter(({ tenant_id: id }) => id !== me?.tenant?.id)
    .map((membership) => ({
      id: `enter ${membership.tenant_id}`,
      label: membership.name,
      group: t`Go over to`,
      within: t`Organisation`,
      run: () => void change(membership),
    }));
  const own = t`Page`;
  const first = offered.filter(({ group }) => group !== own);
  const last = offered.filter(({ group }) => group === own);
  const verbs: Entry[] = [...first, ...elsewhere, ...places, ...organisations, ...last];
  const groups = [...new Set(verbs.map((verb) => verb.group))];
  const close = () => useUi.setState({ palette: false });
  // cmdk's own dialogue writes an inline style element, which the server does not allow.
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fade-in fixed inset-0 z-30 bg-scrim" />
        <Dialog.Popup
          aria-label={t`Go or do`}
          className="grow-in fixed inset-x-8 top-[8dvh] z-40 mx-auto max-w-618 overflow-hidden rounded-13 border border-line bg-paper shadow-float"
        >
          <Command label={t`Go or do`} filter={(_value, search, keywords) => likeness(keywords?.[0] ?? "", search, keywords?.[1])}>
            <Command.Input
              value={typed}
              onValueChange={setTyped}
              placeholder={t`What would you like to do?`}
              className="h-55 w-full border-b border-line bg-transparent px-21 text-16 outline-none placeholder:text-muted"
            />
            <Command.List className="max-h-[377px] overflow-y-auto p-8">
              <Command.Empty className="p-21 text-12 text-muted">{t`Nothing by that name.`}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="text-12 [&_[cmdk-group-heading]]:px-13 [&_[cmdk-group-heading]]:py-5 [&_[cmdk-group-heading]]:text-10 [&_[cmdk-group-heading]]:text-muted"
                >
                  {verbs
                    .filter((verb) => verb.group === group)
                    .map((verb) => (
                      <Command.Item
                        key={verb.id}
                        value={`${verb.label} ${verb.id}`}
                        keywords={[verb.label, verb.within ?? ""]}
                        onSelect={() => {
                          close();
                          verb.run();
                        }}
                        className="flex h-34 cursor-default items-center justify-between rounded-5 px-13 data-[selected=true]:bg-sunken"
                      >
                        <span className="flex-1 truncate">{verb.label}</span>
                        {verb.within !== undefined && <span className="px-13 text-10 text-muted">{verb.within}</span>}
                        {verb.key !== undefined && <Key>{verb.key}</Key>}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
