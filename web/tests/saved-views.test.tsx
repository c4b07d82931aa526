import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

interface Kept {
  id: string;
  list_name: string;
  name: string;
  search: Record<string, string>;
}

/** The server's views: a list that is added to and taken from. */
function kept(...views: Kept[]): Kept[] {
  server.use(
    http.get(api("/saved-views"), ({ request }) => {
      const list = new URL(request.url).searchParams.get("list");
      return HttpResponse.json({ items: views.filter(({ list_name }) => list_name === list) });
    }),
    http.post(api("/saved-views"), async ({ request }) => {
      const view = { ...((await request.json()) as Omit<Kept, "id">), id: `view-${views.length}` };
      views.push(view);
      return HttpResponse.json(view, { status: 201 });
    }),
    http.delete(api("/saved-views/:id"), ({ params }) => {
      views.splice(views.findIndex(({ id }) => id === params["id"]), 1);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return views;
}

const tab = (name: string) => screen.findByRole("button", { name });

beforeEach(signedInBefore);

describe("views of a list", () => {
  it("are kept on the server under a name, opened, and forgotten", async () => {
    const views = kept();
    const { user, router } = open("/campaigns?state=live&sort=-title");
    await user.click(await tab("Save view"));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Mine");
    await user.click(screen.getAllByRole("button", { name: "Save view" }).at(-1) ?? document.body);
    expect(await tab("Mine")).toHaveAttribute("aria-current", "page");
    expect(views).toEqual([{ id: "view-0", list_name: "campaigns", name: "Mine", search: { state: "live", sort: "-title" } }]);
    await router.navigate({ to: "/campaigns", search: {} });
    await user.click(await tab("Mine"));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ state: "live", sort: "-title" }));
    await user.click(await tab("Forget view Mine"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Mine" })).toBeNull());
    expect(views).toEqual([]);
  });

  it("that this browser kept before go along, once", async () => {
    const views = kept();
    localStorage.setItem("metatron.views.campaigns", JSON.stringify([{ name: "Old", search: { state: "live" } }, { name: 5 }]));
    open("/campaigns");
    expect(await tab("Old")).toBeVisible();
    await waitFor(() => expect(views.map(({ name }) => name)).toEqual(["Old"]));
    expect(localStorage.getItem("metatron.views.campaigns")).toBe("[]");
  });

  it("say why one was not kept", async () => {
    kept();
    server.use(http.post(api("/saved-views"), () => refusal(409, "too_many_saved_views", "This list has as many views of yours as can be kept")));
    const { user } = open("/campaigns?state=live&sort=-title");
    await user.click(await tab("Save view"));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "More{enter}");
    expect(await screen.findByText("The view was not kept")).toBeVisible();
  });
});
