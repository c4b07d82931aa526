import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CornerDownLeft } from "lucide-react";
import { lazy, Suspense, useCallback, useRef, type ReactNode } from "react";

import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { Favourite } from "../clients/favourite-button";
import { useMayReadHistory } from "../history/use-may-read";
import { useWorkflow, workflowPath } from "../library/use-workflow";
import { compareDeclared } from "../parameters/declare";
import { permissions } from "../permissions";
import type { Workflow } from "../types";
import { categoryWord } from "../words";
import { BringBack } from "./bring-back";
import type { Finding, SchemaTable } from "./check-types";
import { useDraft } from "./draft";
import { EditorActions } from "./editor-actions";
import type { EditorHandle } from "./editor-props";
import { Forecast } from "./forecast";
import { mended } from "./mend";
import { PrivacyChoice } from "./privacy-choice";
import { Problems } from "./problems";
import { SchemaPanel } from "./schema-panel";
import { SqlEditor } from "./sql-editor";
import { useCheck } from "./use-check";
import { useSchema } from "./use-schema";

const ParametersPanel = lazy(() => import("../parameters/parameters-panel").then((file) => ({ default: file.ParametersPanel })));
const RunsPanel = lazy(() => import("./runs-panel").then((file) => ({ default: file.RunsPanel })));
const History = lazy(() => import("../history/history").then((file) => ({ default: file.History })));
const Versions = lazy(() => import("./versions").then((file) => ({ default: file.Versions })));
const route = getRouteApi("/app/amc/library/$workflowId");

export function EditorPage() {
  const { workflowId } = route.useParams();
  const { data, error, isPending, refetch } = useWorkflow(workflowId);
  useTitle(data?.name ?? t`Workflow`);
  useLive({
    module: "amc",
    about: ({ aggregate_id }) => aggregate_id === workflowId,
    refresh: [[workflowPath, workflowId], [`${workflowPath}/${workflowId}/versions`]],
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Workbench key={data.id} workflow={data} />;
}

const noFindings: readonly Finding[] = [];

function Workbench({ workflow }: { workflow: Workflow }) {
  const { panel = "schema", client: clientId } = route.useSearch();
  const go = route.useNavigate();
  const can = useCan();
  const handle = useRef<EditorHandle>(null);
  const work = useDraft(workflow);
  const { sql, parameters } = work.draft;
  const check = useCheck(sql, parameters, clientId === undefined ? {} : { instance_id: clientId });
  const schema = useSchema(clientId);
  const archived = workflow.archived_at !== null;
  const mayEdit = can(...permissions.edit) && !archived;
  const mayReadHistory = useMayReadHistory();
  const { missing } = compareDeclared(sql, parameters);
  const insert = useCallback((text: string) => handle.current?.insert(text), []);
  const sample = (table: SchemaTable) =>
    mayEdit && (
      <Button icon={<CornerDownLeft size={13} aria-hidden />} onClick={() => insert(table.sample)}>
        <Trans>Insert this query</Trans>
      </Button>
    );
  const part = (children: ReactNode) => (
    <Scrolled>
      <Suspense fallback={<RowsSkeleton rows={4} />}>{children}</Suspense>
    </Scrolled>
  );
  const show = (next: string) => void go({ search: (before) => ({ ...before, panel: next === "schema" ? undefined : next }), replace: true });
  const look = (client: string | undefined) => void go({ search: (before) => ({ ...before, client }), replace: true });
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/amc/library" className="hover:text-ink">
              <Trans>Library</Trans>
            </Link>
            <span aria-hidden>/</span>
            <span>{workflow.folder === "" ? categoryWord(workflow.category) : workflow.folder}</span>
          </>
        }
        title={workflow.name}
        beside={
          <>
            <Favourite path={workflowPath} row={workflow} />
            <span className="label">
              <Trans>Version {workflow.number}</Trans>
            </span>
            {archived && (
              <Badge tone="paused">
                <Trans>Archived</Trans>
              </Badge>
            )}
            {work.dirty && (
              <Badge tone="draft">
                <Trans>Not saved</Trans>
              </Badge>
            )}
          </>
        }
        {...(workflow.description === "" ? {} : { below: workflow.description })}
        actions={archived ? <BringBack workflow={workflow} /> : <EditorActions workflow={workflow} work={work} onFormat={() => handle.current?.format()} />}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-21 md:grid-cols-[minmax(0,1.618fr)_minmax(340px,1fr)]">
        <div className="min-w-0">
          <SqlEditor
            ref={handle}
            label={t`Query`}
            value={sql}
            onChange={(next) => work.change({ sql: next })}
            findings={check.checked?.findings ?? noFindings}
            stale={check.busy}
            schema={schema.data}
            parameters={parameters}
            readOnly={!mayEdit}
          />
          <Problems
            state={check}
            onShow={(line, column) => handle.current?.reveal(line, column)}
            onFix={(finding) => work.change({ sql: mended(sql, finding) })}
          />
        </div>
        <aside aria-label={t`Tools of the query`} className="min-w-0">
          <Tabs
            label={t`Tools of the query`}
            value={panel}
            onChange={show}
            tabs={[
              { value: "schema", label: <Trans>Schema</Trans>, content: <Scrolled><SchemaPanel onInsert={insert} onSample={sample} clientId={clientId} onClient={look} /></Scrolled> },
              {
                value: "forecast",
                label: <Trans>Forecast</Trans>,
                content: (
                  <Scrolled>
                    <div className="mb-13">
                      <PrivacyChoice privacy={work.draft.privacy} onChange={(privacy) => work.change({ privacy })} disabled={!mayEdit} />
                    </div>
                    <Forecast columns={check.checked?.columns ?? []} />
                  </Scrolled>
                ),
              },
              {
                value: "parameters",
                label: missing.length > 0 ? <Trans>Parameters ({parameters.length}, {missing.length} missing)</Trans> : <Trans>Parameters ({parameters.length})</Trans>,
                content: part(
                  <ParametersPanel
                    sql={sql}
                    parameters={parameters}
                    onChange={(next) => work.change({ parameters: next })}
                    onConvert={(converted, next) => work.change({ sql: converted, parameters: next })}
                    onInsert={insert}
                    readOnly={!mayEdit}
                  />,
                ),
              },
              {
                value: "versions",
                label: <Trans>Versions</Trans>,
                content: part(<Versions workflow={workflow} mayRestore={mayEdit} />),
              },
              { value: "runs", label: <Trans>Runs</Trans>, content: part(<RunsPanel workflow={workflow} />) },
              ...(mayReadHistory ? [{ value: "history", label: <Trans>History</Trans>, content: part(<History id={workflow.id} />) }] : []),
            ]}
          />
        </aside>
      </div>
    </>
  );
}

function Scrolled({ children }: { children: ReactNode }) {
  return <div className="md:max-h-[61.8dvh] md:overflow-y-auto md:pr-8">{children}</div>;
}
