import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ParameterDialog } from "@/apps/amc/parameters/parameter-dialog";
import type { Parameter } from "@/apps/amc/types";

import { client, run, workflow } from "./fixtures/amc";
import { comingUp, schedule } from "./fixtures/amc-recurring";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const plain = { name: "", data_type: "STRING", list: false, kind: "plain", label: "", description: "", default: null, required: true };
const more = { group: "", min: null, max: null, options: null, pattern: null, max_items: null, like_mode: null };
const asins = { ...plain, ...more, name: "asins", list: true, kind: "asin_list", label: "Products" };
const word = { ...plain, ...more, name: "word", label: "Word", default: "Alpha" };
const limit = { ...plain, ...more, name: "limit", label: "Limit" };
const parameters = [asins, word, limit];
const filled = { values: { asins: ["B000000001"], word: "Alpha" }, sources: { asins: "mapping:Lumen", word: "default", limit: "none" } };

let sent: { values: unknown }[] = [];

beforeEach(() => {
  sessionStorage.clear();
  sent = [];
  const keep = async (request: Request) => sent.push((await request.json()) as { values: unknown });
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run", "amc:edit"] })),
    http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json({ ...workflow, parameters })),
    http.post(api("/amc/check"), () => HttpResponse.json({ ok: true, findings: [], columns: [] })),
    http.post(api("/amc/schedules/preview"), () => HttpResponse.json(comingUp)),
    http.post(api("/amc/windows/preview"), () => HttpResponse.json({ start: "2026-10-23T00:00:00", end: "2026-11-22T00:00:00", data_ready: true, hint: "", next: [] })),
    http.post(api("/amc/instances/:id/fill"), () => HttpResponse.json(filled)),
    http.post(api("/amc/runs"), async ({ request }) => {
      await keep(request);
      return HttpResponse.json(run, { status: 202 });
    }),
    http.post(api("/amc/schedules"), async ({ request }) => {
      await keep(request);
      return HttpResponse.json(schedule, { status: 201 });
    }),
  );
});

describe("what a client's mapping gives", () => {
  async function wizard() {
    const first = open(`/amc/clients/${client.id}/run`);
    await first.user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    await first.user.click(await screen.findByRole("button", { name: "14 days" }));
    await first.user.click(screen.getByRole("button", { name: "Go on" }));
    expect(await screen.findByText(/Filled from Lumen/)).toBeVisible();
    await first.user.type(await screen.findByRole("textbox", { name: /Limit/ }), "7");
    return first.user;
  }

  it("is left to the server: a run sends only what somebody typed", async () => {
    const user = await wizard();
    await user.click(screen.getByRole("button", { name: "Run it" }));
    await waitFor(() => expect(sent.map(({ values }) => values)).toEqual([{ limit: "7" }]));
  });

  it("is checked with the time it would read, in the client's zone", async () => {
    const checks: unknown[] = [];
    server.use(
      http.post(api("/amc/check"), async ({ request }) => {
        checks.push(await request.json());
        return HttpResponse.json({ ok: true, findings: [], columns: [] });
      }),
    );
    await wizard();
    const window = { start: "2026-10-23T00:00:00", end: "2026-11-22T00:00:00" };
    await waitFor(() => expect(checks.at(-1)).toMatchObject({ sql: workflow.sql, window, time_zone: client.time_zone }));
  });

  it("fills a field again that was typed into and emptied", async () => {
    const user = await wizard();
    const field = screen.getByRole("textbox", { name: /Word/ });
    await user.clear(field);
    expect(field).toHaveValue("");
    await user.click(screen.getByRole("button", { name: "Run it" }));
    await waitFor(() => expect(sent.map(({ values }) => values)).toEqual([{ limit: "7" }]));
  });

  it("is not frozen into a schedule", async () => {
    const value_sources = { asins: "mapping:Lumen", word: "default", limit: "given" };
    const asked = { ...run, parameters, values: { asins: ["B000000009"], word: "Old", limit: "7" }, value_sources };
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json(asked)));
    const { user } = open(`/amc/runs/schedules/new?run=${run.id}&step=1`);
    expect(await screen.findByText(/Filled from Lumen/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("button", { name: "Repeat it" }));
    await waitFor(() => expect(sent.map(({ values }) => values)).toEqual([{ limit: "7" }]));
  });
});

describe("what a parameter's value has to be", () => {
  const dialog = (parameter: Parameter, kept: Parameter[]) =>
    render(
      <I18nProvider i18n={i18n}>
        <ParameterDialog parameter={parameter} onClose={vi.fn()} onKeep={(after) => kept.push(after)} />
      </I18nProvider>,
    );

  it("is set with it: form, most values, group", async () => {
    const kept: Parameter[] = [];
    dialog({ ...word, list: true, default: null } as Parameter, kept);
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox", { name: /Form of a value/ }), "[[A-Z]+");
    await user.type(screen.getByRole("textbox", { name: /Most values/ }), "5");
    await user.type(screen.getByRole("textbox", { name: /Group/ }), "Names");
    await user.click(screen.getByRole("button", { name: "Keep" }));
    expect(kept).toEqual([expect.objectContaining({ pattern: "[A-Z]+", max_items: 5, group: "Names" })]);
  });

  it("is asked for in the order of the list", async () => {
    const { user } = open(`/amc/library/${workflow.id}?panel=parameters`);
    await user.click(await screen.findByRole("button", { name: "Ask for word earlier" }));
    const names = screen.getAllByRole("button", { name: /^Change / }).map((button) => button.getAttribute("aria-label"));
    expect(names).toEqual(["Change word", "Change asins", "Change limit"]);
  });
});

describe("a parameter that may be left out", () => {
  it("needs a default to fall back to before it is kept", async () => {
    const kept = vi.fn();
    const optional = { ...word, default: null, required: false } as unknown as Parameter;
    render(
      <I18nProvider i18n={i18n}>
        <ParameterDialog parameter={optional} onClose={() => undefined} onKeep={kept} />
      </I18nProvider>,
    );
    const user = userEvent.setup();
    expect(await screen.findByText("What may be left out needs a default")).toBeVisible();
    expect(screen.getByRole("button", { name: "Keep" })).toBeDisabled();
    await user.type(screen.getByRole("textbox", { name: /Default/ }), "Beta");
    await user.click(screen.getByRole("button", { name: "Keep" }));
    expect(kept).toHaveBeenCalledWith(expect.objectContaining({ default: "Beta", required: false }));
  });
});

describe("campaigns of the catalogue", () => {
  it("are offered without those whose ids AMC does not know", async () => {
    const campaigns = { ...asins, name: "campaigns", kind: "campaign_list", label: "Campaigns" };
    let asked: string | null = null;
    server.use(
      http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json({ ...workflow, parameters: [campaigns] })),
      http.get(api("/amc/catalogue/campaigns"), ({ request }) => {
        asked = new URL(request.url).searchParams.get("in_amc");
        return HttpResponse.json({ items: [], next_cursor: null });
      }),
    );
    const { user } = open(`/amc/clients/${client.id}/run`);
    await user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    await user.click(await screen.findByRole("button", { name: "14 days" }));
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("button", { name: "Choose from the catalogue" }));
    await waitFor(() => expect(asked).toBe("true"));
  });
});
