import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, plural, t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useCallback, useMemo } from "react";

import type { Member } from "@/kernel/api-types";
import { remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useExactCount, useKeysetList } from "@/kernel/list";
import { useMe } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv } from "@/ui/table/columns";
import { Count } from "@/ui/table/count";
import { DataTable } from "@/ui/table/data-table";
import { SavedViews } from "@/ui/table/saved-views";
import { TableBar } from "@/ui/table/table-bar";
import { useColumns } from "@/ui/table/use-columns";
import { useUndoable } from "@/ui/use-undoable";

import { memberColumns } from "./member-columns";
import { memberName } from "./member-name";
import { MemberPeek } from "./member-peek";
import { roleWords } from "./role-words";
import { useRoles } from "./use-roles";

const route = getRouteApi("/app/settings/members");
const path = "/members";
const key = [path];
/** Built-in roles that the list is often looked at by. */
const views: Partial<Record<string, MessageDescriptor>> = {
  owner: msg`Owners`,
  organiser: msg`Organisers`,
  supplier: msg`Suppliers`,
  participant: msg`Participants`,
};

interface MemberListProps {
  onRoles: (member: Member) => void;
  onErase: (member: Member) => void;
}

/** Everybody who belongs to the organisation, as a table. */
export function MemberList({ onRoles, onErase }: MemberListProps) {
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => memberColumns(), []);
  const { visible, setVisible, shown } = useColumns("members", columns);
  const sort = search.sort ?? "joined_at";
  const list = useKeysetList<Member>(path, { ...search, sort }, true);
  const exact = useExactCount(path, { q: search.q, role: search.role });
  const roles = useRoles().data?.items ?? [];
  const self = useMe()?.user.id;
  const drop = useDrop();
  const exportRows = (rows: readonly Member[]) => download("members.csv", toCsv(shown, rows));
  const setQuery = useCallback(
    (q: string) => void go({ search: (before) => ({ ...before, q: q === "" ? undefined : q }), replace: true }),
    [go],
  );
  useCommands("members-list", [
    { id: "export", label: t`Export what is shown`, key: "e", group: t`Members`, run: () => exportRows(list.rows) },
  ]);
  return (
    <Sheet>
      <SavedViews
        name="members"
        given={[
          { name: t`All`, search: {} },
          ...roles.flatMap(({ id, name, is_system: builtIn }) => {
            const view = builtIn ? views[name] : undefined;
            return view === undefined ? [] : [{ name: i18n._(view), search: { role: id } }];
          }),
        ]}
        current={search}
        onOpen={(next) => void go({ search: next })}
      />
      <TableBar
        query={search.q ?? ""}
        onQuery={setQuery}
        placeholder={t`Name or e-mail`}
        filters={[
          { id: "role", label: t`Role`, choices: roles.map(({ id, name }) => ({ value: id, label: roleWords([name]) })) },
        ]}
        values={{ role: search.role }}
        onFilter={(id, value) => void go({ search: (before) => ({ ...before, [id]: value }) })}
        columns={columns}
        visible={visible}
        onVisible={setVisible}
        onExport={() => exportRows(list.rows)}
        loaded={list.hasMore ? list.rows.length : undefined}
        count={
          <Count
            count={list.count}
            exact={exact.count}
            busy={exact.busy}
            onExact={exact.ask}
            words={(written, value) => plural(value, { one: `${written} member`, other: `${written} members` })}
          />
        }
      />
      {list.pending ? (
        <RowsSkeleton />
      ) : list.error !== null ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows.length === 0 ? (
        <EmptyState title={<Trans>Nobody matches</Trans>}>
          <Trans>Take a filter away or search for less.</Trans>
        </EmptyState>
      ) : (
        <DataTable
          label={t`Members`}
          columns={columns}
          visible={visible}
          rows={list.rows}
          rowId={(row) => row.id}
          rowLabel={memberName}
          sort={sort}
          onSort={(next) => void go({ search: (before) => ({ ...before, sort: next === "" ? undefined : next }) })}
          peek={(row) => (
            <MemberPeek
              member={row}
              self={row.user_id === self}
              onRoles={() => onRoles(row)}
              onRemove={() => drop([row])}
              onErase={() => onErase(row)}
            />
          )}
          bulk={(rows, clear) => (
            <>
              <Plural value={rows.length} one="# member" other="# members" />
              <Button icon={<Download size={13} aria-hidden />} onClick={() => exportRows(rows)}>
                <Trans>Export</Trans>
              </Button>
              <Button
                tone="danger"
                disabled={rows.every((row) => row.user_id === self)}
                onClick={() => {
                  drop(rows.filter((row) => row.user_id !== self));
                  clear();
                }}
              >
                <Trans>Remove</Trans>
              </Button>
              <Button tone="quiet" onClick={clear}>
                <Trans>Clear</Trans>
              </Button>
            </>
          )}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      )}
    </Sheet>
  );
}

/** Ends memberships once the time to undo is over: all at once, for the page may be on its way out. */
function useDrop() {
  const drop = useUndoable(key);
  return (members: readonly Member[]) => {
    const [first] = members;
    if (first === undefined) return;
    const one = members.length === 1;
    drop({
      id: members.map((member) => member.id),
      done: one
        ? t`${memberName(first)} is no longer a member`
        : plural(members.length, { one: "# person is no longer a member", other: "# people are no longer members" }),
      refused: one ? t`${memberName(first)} stays a member` : t`Not everybody could be removed`,
      work: () => Promise.all(members.map(({ id }) => remove(`/members/${id}`))),
    });
  };
}
