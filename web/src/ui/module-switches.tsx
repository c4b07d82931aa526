import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import type { ModuleSwitch, Page } from "@/kernel/api-types";
import { call, get } from "@/kernel/client";

import { Badge } from "./badge";
import { Button } from "./button";
import { Sheet } from "./page";
import { Line } from "./record-list";
import { RowsSkeleton } from "./skeleton";
import { ErrorState } from "./states";
import { useAct } from "./use-act";

interface Properties {
  /** Where the modules are read; each is switched below it. */
  path: string;
  queryKey: readonly unknown[];
  /** What else is read anew after a switch. */
  refresh?: readonly (readonly unknown[])[];
  maySwitch: boolean;
}

/** The modules of an organisation, each with what it needs and what would be in the way of switching it off. */
export function ModuleSwitches({ path, queryKey, refresh = [], maySwitch }: Properties) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => get<Page<ModuleSwitch>>(path, { signal }),
  });
  const flip = useAct({
    work: (module: ModuleSwitch) =>
      call<ModuleSwitch>("PATCH", `${path}/${module.name}`, { body: { is_enabled: !module.is_enabled } }),
    refresh: [queryKey, ...refresh],
    done: (module) => (module.is_enabled ? t`${module.title} is on` : t`${module.title} is off`),
    refused: t`The module stays as it was`,
  });
  if (isPending) return <RowsSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const titles = new Map(data.items.map((module) => [module.name, module.title]));
  const on = new Set(data.items.filter((module) => module.is_enabled).map((module) => module.name));
  const list = (names: readonly string[]) => names.map((name) => titles.get(name) ?? titles.get(`platform.${name}`) ?? name).join(", ");
  const sorted = [...data.items].sort((a, b) => Number(b.is_optional) - Number(a.is_optional));
  return (
    <Sheet className="max-w-1000">
      <ul>
        {sorted.map((module) => {
          const inTheWay = module.is_enabled
            ? module.needed_by.filter((name) => on.has(name))
            : module.needs.filter((name) => !on.has(name));
          return (
            <li key={module.name} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
              <Line
                title={module.title}
                detail={
                  <>
                    {module.needs.length > 0 && (
                      <span>
                        <Trans>needs {list(module.needs)}</Trans>
                      </span>
                    )}
                    {module.needed_by.length > 0 && (
                      <span>
                        <Trans>needed by {list(module.needed_by)}</Trans>
                      </span>
                    )}
                    {module.needs.length + module.needed_by.length === 0 && <span>{t`stands alone`}</span>}
                  </>
                }
                state={
                  module.is_optional ? (
                    <Badge tone={module.is_enabled ? "ok" : "paused"}>{module.is_enabled ? t`on` : t`off`}</Badge>
                  ) : (
                    <Badge tone="neutral">{t`always on`}</Badge>
                  )
                }
                actions={
                  module.is_optional &&
                  maySwitch && (
                    <Button
                      aria-label={module.is_enabled ? t`Switch off ${module.title}` : t`Switch on ${module.title}`}
                      disabled={inTheWay.length > 0}
                      title={inTheWay.length > 0 ? list(inTheWay) : undefined}
                      busy={flip.isPending && flip.variables.name === module.name}
                      onClick={() => flip.mutate(module)}
                    >
                      {module.is_enabled ? <Trans>Switch off</Trans> : <Trans>Switch on</Trans>}
                    </Button>
                  )
                }
              />
              {module.is_optional && inTheWay.length > 0 && (
                <p className="mt-3 text-12 text-warn">
                  {module.is_enabled ? (
                    <Trans>Switch off first: {list(inTheWay)}</Trans>
                  ) : (
                    <Trans>Switch on first: {list(inTheWay)}</Trans>
                  )}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </Sheet>
  );
}
