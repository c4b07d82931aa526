import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { WorkList } from "@/ui/table/work-list";

import { permissions } from "../permissions";
import { DeskHead } from "./desk-head";
import { exceptionColumns } from "./exception-columns";
import { ExceptionDrawer } from "./exception-drawer";
import type { DeskException } from "./types";
import { categoryWords, choicesOf, exceptionStateWords, severityWords } from "./words";

const OpenException = lazy(() => import("./open-exception").then((file) => ({ default: file.OpenException })));
const route = getRouteApi("/app/desk/exceptions");

/** The register of what went wrong: taken step by step, closed only with evidence, never deleted. */
export function ExceptionsPage() {
  useTitle(t`Exceptions`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => exceptionColumns(), []);
  const may = useCan()(...permissions.care);
  const [opening, setOpening] = useState(false);
  useCommands("exceptions-new", may ? [{ id: "new", label: t`Open an exception`, key: "n", group: t`Exceptions`, run: () => setOpening(true) }] : []);
  return (
    <>
      <DeskHead
        title={<Trans>Exceptions</Trans>}
        below={<Trans>What went wrong, and what was done about it. Closed only with evidence; nothing is deleted.</Trans>}
        {...(may
          ? {
              actions: (
                <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={() => setOpening(true)}>
                  <Trans>Open an exception</Trans>
                </Button>
              ),
            }
          : {})}
      />
      <WorkList<DeskException>
        name="exceptions"
        label={t`Exceptions`}
        path="/campaign-exceptions"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`Open`, search: { open: "true" } },
          { name: t`To triage`, search: { state: "detected" } },
          { name: t`To close`, search: { state: "resolved" } },
          { name: t`All`, search: {} },
        ]}
        filters={[
          { id: "open", label: t`Open`, choices: [{ value: "true", label: t`Not closed` }] },
          { id: "state", label: t`State`, choices: choicesOf(exceptionStateWords()) },
          { id: "severity", label: t`Severity`, choices: choicesOf(severityWords()) },
          { id: "category", label: t`Category`, choices: choicesOf(categoryWords()) },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.title}
        drawer={(row) => <ExceptionDrawer key={row.id} id={row.id} />}
        empty={{
          title: <Trans>No exception here</Trans>,
          text: <Trans>A refused refund, a break in the books, a missed message or a silent supplier opens one by itself.</Trans>,
        }}
      />
      <Suspense>{opening && <OpenException onClose={() => setOpening(false)} />}</Suspense>
    </>
  );
}
