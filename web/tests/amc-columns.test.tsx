import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { orderOf, readColumns, writeColumns } from "@/apps/amc/results/chosen-columns";
import type { Run } from "@/apps/amc/types";

import { run, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const columns = ["campaign", "impressions", "reach, 100 %"].map((name) => ({ name, type: "VARCHAR" }));
const wide: Run = { ...run, columns, row_count: 1 };
let views: { list_name: string; search: unknown }[] = [];

beforeEach(() => {
  views = [];
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run"] })),
    http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json(wide)),
    http.get(api(`/amc/runs/${run.id}/rows`), () => HttpResponse.json({ columns, rows: [["Alpha", "1", "2"]], total: 1, filtered: 1 })),
    http.get(api("/saved-views"), () => HttpResponse.json({ items: views })),
    http.post(api("/saved-views"), async ({ request }) => {
      const view = { ...((await request.json()) as (typeof views)[number]), id: "view-0" };
      views.push(view);
      return HttpResponse.json(view, { status: 201 });
    }),
  );
});

const heads = async () => {
  const grid = await screen.findByRole("grid", { name: "Rows of the result" });
  return within(grid).getAllByRole("columnheader").map((head) => within(head).getAllByRole("button")[0]?.textContent);
};

describe("the columns of a result", () => {
  it("are wider and narrower by the arrow keys, within bounds, and as they were by Enter", async () => {
    open(`/amc/runs/${run.id}`);
    const edge = await screen.findByRole("separator", { name: "Width of campaign" });
    expect(edge).toHaveAttribute("aria-orientation", "vertical");
    const width = () => Number(edge.getAttribute("aria-valuenow"));
    const first = width();
    const press = (key: string, shiftKey = false) => fireEvent.keyDown(edge, { key, shiftKey });
    press("ArrowRight");
    expect(width()).toBe(first + 13);
    press("ArrowLeft", true);
    expect(width()).toBe(first + 13 - 55);
    press("Home");
    expect(width()).toBe(Number(edge.getAttribute("aria-valuemin")));
    press("ArrowLeft");
    expect(width()).toBe(55);
    press("End");
    expect(width()).toBe(Number(edge.getAttribute("aria-valuemax")));
    expect(edge).toHaveAttribute("aria-valuetext", "1000 pixels");
    press("Enter");
    expect(width()).toBe(first);
  });

  it("are chosen and put in order, which the address keeps, and a view of the workflow", async () => {
    const { user, router } = open(`/amc/runs/${run.id}`);
    await user.click(await screen.findByRole("button", { name: "Columns" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Columns" }));
    await user.click(dialog.getByRole("checkbox", { name: "impressions" }));
    await user.click(dialog.getByRole("button", { name: "Move campaign to the back" }));
    expect(dialog.getByRole("button", { name: "Move campaign to the back" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(dialog.getByRole("status")).toHaveTextContent("campaign: place 3 of 3");
    expect(dialog.getByRole("button", { name: "Move campaign to the front" })).toHaveFocus();
    await waitFor(() => expect(router.state.location.search).toEqual({ columns: "reach%2C 100 %25,campaign" }));
    await user.click(dialog.getByRole("checkbox", { name: "campaign" }));
    expect(dialog.getByRole("checkbox", { name: /reach/ })).toHaveAttribute("aria-disabled", "true");
    await user.click(dialog.getByRole("checkbox", { name: "campaign" }));
    await user.click(dialog.getByRole("button", { name: "Done" }));
    expect(await heads()).toEqual(["reach, 100 %", "campaign"]);
    expect(screen.getByRole("button", { name: "2 of 3 columns" })).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Save view" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Mine");
    await user.click(screen.getAllByRole("button", { name: "Save view" }).at(-1) ?? document.body);
    await waitFor(() => expect(views).toEqual([expect.objectContaining({ list_name: `amc.rows.${workflow.id}`, search: { columns: "reach%2C 100 %25,campaign" } })]));
    await user.click(screen.getByRole("button", { name: "All columns" }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    expect(await heads()).toEqual(["campaign", "impressions", "reach, 100 %"]);
    await user.click(await screen.findByRole("button", { name: "Mine" }));
    await waitFor(async () => expect(await heads()).toEqual(["reach, 100 %", "campaign"]));
  }, 20_000);

  it("are exported as they are shown", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api(`/amc/runs/${run.id}/export`), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("columns"));
        return HttpResponse.text("impressions\n");
      }),
    );
    const { user } = open(`/amc/runs/${run.id}?columns=impressions`);
    expect(await heads()).toEqual(["impressions"]);
    await user.click(await screen.findByRole("button", { name: /Export/ }));
    await user.click(await screen.findByRole("menuitem", { name: "CSV" }));
    await waitFor(() => expect(asked).toEqual(['["impressions"]']));
  });

  it("that another version of the query had are left out", () => {
    expect(readColumns("gone,impressions", columns)).toEqual(["impressions"]);
    expect(readColumns("gone", columns)).toEqual(["campaign", "impressions", "reach, 100 %"]);
    const names = columns.map(({ name }) => name);
    expect(writeColumns(names, columns)).toBeUndefined();
    const turned = names.toReversed();
    expect(readColumns(writeColumns(turned, columns), columns)).toEqual(turned);
    expect(orderOf(["reach, 100 %", "campaign"], columns)).toEqual(["reach, 100 %", "campaign", "impressions"]);
  });
});
