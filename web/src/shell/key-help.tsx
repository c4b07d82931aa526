import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { allCommands, useCommandStore } from "@/kernel/commands";
import { useMe } from "@/kernel/me";
import { Dialog } from "@/ui/dialog";

import { navFor } from "./nav-items";
import { useUi } from "./ui-state";

export default function KeyHelp() {
  const me = useMe();
  const commands = useCommandStore((state) => state);
  const groups: { name: string; keys: [string, string][] }[] = [
    {
      name: t`Everywhere`,
      keys: [
        ["Ctrl K", t`Go or do`],
        ["?", t`This help`],
        ["/", t`Search the list`],
        ["Esc", t`Back to where you were`],
      ],
    },
    {
      name: t`In a list`,
      keys: [
        ["↑ ↓ / k j", t`Move`],
        ["Enter", t`Open`],
        ["Space", t`Peek`],
        ["x", t`Select`],
        ["Shift click", t`Sort by one more column`],
      ],
    },
    { name: t`Go to`, keys: navFor(me).map((item) => [`g ${item.key}`, i18n._(item.label)]) },
    {
      name: t`On this page`,
      keys: allCommands(commands).flatMap((verb): [string, string][] =>
        verb.key === undefined ? [] : [[verb.key, verb.label]],
      ),
    },
  ];
  return (
    <Dialog open wide onClose={() => useUi.setState({ help: false })} title={<Trans>Keys</Trans>}>
      <div className="grid gap-x-34 gap-y-21 sm:grid-cols-2">
        {groups
          .filter((group) => group.keys.length > 0)
          .map((group) => (
            <section key={group.name}>
              <h3 className="mb-5 text-12 font-semibold">{group.name}</h3>
              <dl>
                {group.keys.map(([key, does]) => (
                  <div key={`${key} ${does}`} className="flex justify-between border-b border-line py-5 text-12 last:border-0">
                    <dt>{does}</dt>
                    <dd className="font-mono text-muted">{key}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
