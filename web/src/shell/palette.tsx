import { Dialog } from "@base-ui/react/dialog";
import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useState } from "react";

import { allCommands, useCommandStore, type Command as Verb } from "@/kernel/commands";
import { wantMaking } from "@/kernel/making";
import { useMe } from "@/kernel/me";
import { Key } from "@/ui/button";

import { likeness } from "./likeness";
import { makingFor, navFor } from "./nav-items";
import { useUi } from "./ui-state";

/** Every verb of the page at hand, every place, every organisation: one field, Ctrl-K or Cmd-K. */
export default function Palette() {
  const [typed, setTyped] = useState("");
  const commands = useCommandStore((state) => state);
  const navigate = useNavigate();
  const me = useMe();
  const places: Verb[] = navFor(me).map((item) => ({
    id: `go ${item.to}`,
    label: i18n._(item.label),
    key: `g ${item.key}`,
    group: t`Go to`,
    run: () => void navigate({ to: item.to }),
  }));
  // What this page can do, then where to go; the page's looks come last, for they are always the same.
  const offered = allCommands(commands);
  const here = new Set(offered.map(({ label }) => label));
  const making: Verb[] = makingFor(me).map(({ label, to }) => ({
    id: `make ${to}`,
    label: i18n._(label),
    group: t`Make`,
    run: () => {
      wantMaking(to);
      void navigate({ to });
    },
  }));
  const elsewhere = making.filter(({ label }) => !here.has(label));
  const own = t`Page`;
  const verbs = [...offered.filter(({ group }) => group !== own), ...elsewhere, ...places, ...offered.filter(({ group }) => group === own)];
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
          <Command label={t`Go or do`} filter={(_value, search, keywords) => likeness(keywords?.[0] ?? "", search)}>
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
                        keywords={[verb.label]}
                        onSelect={() => {
                          close();
                          verb.run();
                        }}
                        className="flex h-34 cursor-default items-center justify-between rounded-5 px-13 data-[selected=true]:bg-sunken"
                      >
                        {verb.label}
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
