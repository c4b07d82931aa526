import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { ChevronDown, ListFilter, X } from "lucide-react";
import { useDeferredValue, useState } from "react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { IconButton } from "@/ui/button";
import { Combobox } from "@/ui/combobox";

import type { Account } from "../types";
import { useMay } from "../use-access";
import { useAccount } from "./use-account";

const most = 50;
/** About the machines and the operators: no client account has a part of them. */
const undivided = ["services", "database", "security", "operators", "deprecations", "settings"];

/** Narrows every page of the console to one client account; a chip says so and takes it away. */
export function AccountSwitcher() {
  const chosen = useAccount();
  const may = useMay();
  const navigate = useNavigate();
  const [choosing, setChoosing] = useState(false);
  const mayChoose = may("accounts:read");
  const go = (id: string | undefined) => {
    setChoosing(false);
    // The organisation whose log is shown may belong to another account.
    void navigate({ to: ".", search: (before) => ({ ...before, account_id: id, tenant_id: undefined }) });
  };
  useCommands("console-account-switcher", [
    ...(mayChoose ? [{ id: "choose", label: t`Show one client account`, group: t`Client accounts`, run: () => setChoosing(true) }] : []),
    ...(chosen === undefined ? [] : [{ id: "all", label: t`Show all client accounts`, group: t`Client accounts`, run: () => go(undefined) }]),
  ]);
  if (choosing)
    return (
      <Bar>
        <Choices onChoose={go} onLeave={() => setChoosing(false)} />
      </Bar>
    );
  if (chosen !== undefined) {
    return (
      <Bar>
        <Chip accountId={chosen} mayChoose={mayChoose} onChange={() => setChoosing(true)} onClear={() => go(undefined)} />
        <Undivided />
      </Bar>
    );
  }
  return mayChoose ? (
    <Bar>
      <button
        type="button"
        className="-ml-8 inline-flex h-[28px] items-center gap-5 rounded-5 px-8 text-12 text-muted hover:bg-sunken hover:text-ink pointer-coarse:h-44"
        onClick={() => setChoosing(true)}
      >
        <ListFilter size={13} aria-hidden />
        <Trans>All client accounts</Trans>
        <ChevronDown size={12} aria-hidden />
      </button>
    </Bar>
  ) : null;
}

function Bar({ children }: { children: React.ReactNode }) {
  return <div className="mb-13 flex min-h-34 flex-wrap items-center gap-x-13 gap-y-5">{children}</div>;
}

interface ChipProps {
  accountId: string;
  mayChoose: boolean;
  onChange: () => void;
  onClear: () => void;
}

function Chip({ accountId, mayChoose, onChange, onClear }: ChipProps) {
  const { data, error } = useQuery({
    queryKey: ["/admin/accounts", accountId],
    queryFn: ({ signal }) => get<Account>(`/admin/accounts/${accountId}`, { signal }),
    enabled: mayChoose,
  });
  const name = data?.name ?? `…${accountId.slice(-8)}`;
  return (
    <>
      <span className="inline-flex h-34 max-w-full items-center rounded-full bg-soft pl-13 text-12 pointer-coarse:h-44">
        <ListFilter size={13} aria-hidden className="mr-5 shrink-0" />
        <button
          type="button"
          disabled={!mayChoose}
          aria-label={t`Client account: ${name}`}
          title={t`Choose another client account`}
          className="inline-flex h-full min-w-0 items-center gap-5 font-semibold"
          onClick={onChange}
        >
          <span className="truncate">{name}</span>
          {mayChoose && <ChevronDown size={12} aria-hidden className="shrink-0 text-muted" />}
        </button>
        <IconButton label={t`Show all client accounts`} className="rounded-full" onClick={onClear}>
          <X size={13} aria-hidden />
        </IconButton>
      </span>
      {error !== null && (
        <span className="label">
          <Trans>There is no such client account, or it is not yours to see.</Trans>
        </span>
      )}
      {data !== undefined && (
        <Link to="/console/accounts/$accountId" params={{ accountId }} className="text-12 text-link hover:underline">
          <Trans>Its contract and tenants</Trans>
        </Link>
      )}
    </>
  );
}

function Undivided() {
  const page = useLocation({ select: ({ pathname }) => pathname.split("/")[2] ?? "" });
  if (!undivided.includes(page)) return null;
  return (
    <span className="label">
      <Trans>This page is about the whole installation.</Trans>
    </span>
  );
}

function Choices({ onChoose, onLeave }: { onChoose: (id: string) => void; onLeave: () => void }) {
  const [typed, setTyped] = useState("");
  const asked = useDeferredValue(typed.trim());
  const { data, isFetching } = useQuery({
    queryKey: ["/admin/accounts", "switcher", asked],
    queryFn: ({ signal }) => get<Page<Account>>("/admin/accounts", { signal, query: { q: asked === "" ? null : asked, limit: most } }),
  });
  return (
    // It is asked for by a button: whoever pressed it types at once.
    <div
      ref={(place) => place?.querySelector("input")?.focus()}
      className="w-full max-w-[377px]"
      onKeyDown={(event) => {
        if (event.key === "Escape") onLeave();
      }}
    >
      <label htmlFor="account-switcher" className="sr-only">
        <Trans>Client account</Trans>
      </label>
      <Combobox
        id="account-switcher"
        dense
        chosen={null}
        found={(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        typed={typed}
        onType={setTyped}
        onChoose={(choice) => choice !== null && onChoose(choice.value)}
        empty={isFetching ? null : <Trans>No client account of that name.</Trans>}
        placeholder={t`Name of a client account`}
      />
    </div>
  );
}
