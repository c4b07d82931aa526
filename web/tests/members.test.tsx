import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { members, roles } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

function listen() {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(api("/members"), ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ items: members, next_cursor: null, count: { value: members.length, capped: false } });
    }),
  );
  return asked;
}

describe("members", () => {
  it("are sorted, searched and filtered by the server, all of it in the address", async () => {
    const asked = listen();
    const { user, router } = open("/settings/members");
    const grid = await screen.findByRole("grid", { name: "Members" });
    expect(within(grid).getByText("Tomás Iglesias")).toBeVisible();
    expect(screen.getByText("3 members")).toBeVisible();
    expect(asked[0]?.get("sort")).toBe("joined_at");
    await user.click(screen.getByRole("button", { name: "Name" }));
    await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("name"));
    await user.type(screen.getByRole("searchbox"), "to");
    await waitFor(() => expect(asked.at(-1)?.get("q")).toBe("to"));
    // One goes on typing where one was.
    await user.keyboard("m");
    await waitFor(() => expect(asked.at(-1)?.get("q")).toBe("tom"));
    expect(screen.getByRole("searchbox")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Add a filter" }));
    const role = roles[1];
    await user.click(await screen.findByRole("menuitem", { name: role?.name ?? "" }));
    await waitFor(() => expect(asked.at(-1)?.get("role")).toBe(role?.id));
    expect(router.state.location.search).toEqual({ q: "tom", role: role?.id, sort: "name" });
  });

  it("say how many an export holds while the server has more", async () => {
    const more = { items: members, next_cursor: "later", count: { value: 9_000, capped: false } };
    server.use(
      http.get(api("/members"), ({ request }) =>
        new URL(request.url).searchParams.has("cursor") ? delay("infinite").then(() => HttpResponse.json(more)) : HttpResponse.json(more),
      ),
    );
    open("/settings/members");
    const label = `Export the ${String(members.length)} rows loaded so far as CSV`;
    expect((await screen.findAllByRole("button", { name: label })).length).toBe(1);
    expect(screen.queryByRole("button", { name: "Export what is shown as CSV" })).toBeNull();
  });

  it("are looked at by keyboard, their roles changed from there", async () => {
    listen();
    const { user } = open("/settings/members");
    const name = await screen.findByText("Tomás Iglesias");
    name.closest<HTMLElement>("[role=row]")?.focus();
    await user.keyboard(" ");
    const panel = screen.getByRole("complementary", { name: "Peek: Tomás Iglesias" });
    expect(within(panel).getByText("tomas@harbour.example")).toBeVisible();
    await user.click(within(panel).getByRole("button", { name: "Change roles" }));
    expect(await screen.findByRole("dialog", { name: "Roles of Tomás Iglesias" })).toBeVisible();
  });

  it("are removed several at once, never oneself, and come back on undo", async () => {
    listen();
    const gone: string[] = [];
    server.use(
      http.delete(api("/members/:id"), ({ params }) => {
        gone.push(String(params["id"]));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = open("/settings/members");
    const grid = await screen.findByRole("grid", { name: "Members" });
    await user.click(screen.getByRole("checkbox", { name: "Select all rows shown" }));
    const bar = screen.getByRole("toolbar", { name: "Selected rows" });
    expect(bar).toHaveTextContent("3 members");
    await user.click(within(bar).getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("2 people are no longer members")).toBeVisible();
    expect(within(grid).queryByText("Tomás Iglesias")).toBeNull();
    expect(within(grid).getByText("Ada Lindqvist")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await within(grid).findByText("Tomás Iglesias")).toBeVisible();
    window.dispatchEvent(new Event("pagehide"));
    expect(gone).toEqual([]);
  });
});
