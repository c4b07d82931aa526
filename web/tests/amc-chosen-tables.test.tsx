import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { complete } from "@/apps/amc/editor/ask-server";
import { askedTables, sqlWords } from "@/apps/amc/editor/sql-words";
import { compareDeclared, declare } from "@/apps/amc/parameters/declare";
import { ParameterDialog } from "@/apps/amc/parameters/parameter-dialog";
import { asksOf, tablesOf } from "@/apps/amc/parameters/values";
import type { Parameter } from "@/apps/amc/types";

import { client, run, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const sql = "SELECT COUNT(*) AS n FROM {{ source }} -- {{no}}\nJOIN {{other}} ON a = b";
const table: Parameter = { ...declare("source", ""), kind: "table", options: ["dsp_views", "dsp_clicks"] };

beforeEach(() => {
  sessionStorage.clear();
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run", "amc:edit"] })),
    http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json({ ...workflow, sql, parameters: [table] })),
    http.post(api("/amc/check"), () => HttpResponse.json({ ok: true, findings: [], columns: [] })),
    http.post(api("/amc/instances/:id/fill"), () => HttpResponse.json({ values: {}, sources: { source: "none" } })),
  );
});

describe("tables that whoever runs a query chooses", () => {
  it("are found where the query has them, but none in a comment", () => {
    expect(askedTables(sql)).toEqual(["source", "other"]);
    expect(compareDeclared(sql, [table])).toEqual({ missing: ["other"], unused: [] });
    expect(sqlWords(sql).find(({ part }) => part === "parameter")?.text).toBe("{{ source }}");
    expect(sqlWords(sql).map(({ text }) => text).join("")).toBe(sql);
  });

  it("are the chosen one, the default, or the first", () => {
    expect(tablesOf([table, declare("word", "")], {})).toEqual({ source: "dsp_views" });
    expect(tablesOf([{ ...table, default: "dsp_clicks" }], { source: "" })).toEqual({ source: "dsp_clicks" });
    expect(tablesOf([table], { source: "dsp_clicks" })).toEqual({ source: "dsp_clicks" });
  });

  it("lead completion to their columns, at the place where the cursor is", async () => {
    const asked: unknown[] = [];
    server.use(
      http.post(api("/amc/complete"), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json({ items: [], from: 12, to: 12 });
      }),
    );
    const text = "SELECT '👍', c";
    const answer = await complete(text, text.length, asksOf([table, declare("word", "")]), new AbortController().signal);
    expect(asked).toEqual([{ sql: text, offset: text.length, parameters: ["word"], tables: { source: "dsp_views" } }]);
    expect(answer).toMatchObject({ from: 12, to: 12 });
  });

  it("are declared with what can be chosen", async () => {
    const kept: Parameter[] = [];
    render(
      <I18nProvider i18n={i18n}>
        <ParameterDialog parameter={{ ...table, options: null }} onClose={() => undefined} onKeep={(after) => kept.push(after)} />
      </I18nProvider>,
    );
    const user = userEvent.setup();
    expect(screen.getByRole("button", { name: "Keep" })).toBeDisabled();
    expect(screen.queryByRole("checkbox", { name: "Takes a list" })).not.toBeInTheDocument();
    await user.type(screen.getByRole("textbox", { name: /Tables to choose from/ }), "dsp_views{enter}dsp_clicks");
    await user.click(screen.getByRole("button", { name: "Keep" }));
    expect(kept).toEqual([expect.objectContaining({ kind: "table", options: ["dsp_views", "dsp_clicks"] })]);
  });

  it("are asked for by a run, and tell how old its data must be", async () => {
    const asked: unknown[] = [];
    const previews: unknown[] = [];
    server.use(
      http.post(api("/amc/windows/preview"), async ({ request }) => {
        previews.push(await request.json());
        return HttpResponse.json({ start: "2026-10-23T00:00:00", end: "2026-11-22T00:00:00", data_ready: true, hint: "", next: [] });
      }),
      http.post(api("/amc/runs"), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(run, { status: 202 });
      }),
    );
    const { user } = open(`/amc/clients/${client.id}/run`);
    await user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    await user.click(await screen.findByRole("button", { name: "14 days" }));
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("combobox", { name: /Source/ }));
    await user.click(await screen.findByRole("option", { name: "dsp_clicks" }));
    await waitFor(() => expect(previews.at(-1)).toMatchObject({ tables: { source: "dsp_clicks" } }));
    const shown = screen.getByRole("group", { name: "Query" });
    // What stands in a remark, and what nobody chose, stays as it was written.
    expect(shown).toHaveTextContent("FROM dsp_clicks -- {{no}}");
    await user.click(screen.getByRole("button", { name: "Run it" }));
    await waitFor(() => expect(asked).toEqual([expect.objectContaining({ values: { source: "dsp_clicks" } })]));
  });
});
