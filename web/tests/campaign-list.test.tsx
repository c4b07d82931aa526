import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { campaign } from "./fixtures/campaigns";
import { open } from "./open";
import { api, refusal, server } from "./server";

describe("campaign list", () => {
  it("shows a skeleton while the answer is on its way", async () => {
    server.use(http.get(api("/campaigns"), () => delay("infinite")));
    open("/campaigns");
    expect(await screen.findByRole("status", { name: "Loading" })).toBeInTheDocument();
  });

  it("shows rows, a capped count and money from minor units", async () => {
    server.use(
      http.get(api("/campaigns"), () =>
        HttpResponse.json({ items: [campaign(0)], next_cursor: null, count: { value: 10000, capped: true } }),
      ),
    );
    open("/campaigns");
    const grid = await screen.findByRole("grid", { name: "Campaigns" });
    expect(within(grid).getByText("Stoneware mugs, second firing")).toBeVisible();
    expect(within(grid).getByText("€450.00")).toBeVisible();
    expect(screen.getByText("10,000+ campaigns")).toBeInTheDocument();
  });

  it("an empty list holds the first step", async () => {
    server.use(http.get(api("/campaigns"), () => HttpResponse.json({ items: [], next_cursor: null })));
    open("/campaigns");
    const heading = await screen.findByRole("heading", { name: "No campaign yet" });
    const links = within(heading.closest("section") ?? document.body).getAllByRole("link", { name: /New campaign/ });
    expect(links[0]).toHaveAttribute("href", "/campaigns/new");
  });

  it("an error shows the request's id and tries again", async () => {
    let broken = true;
    server.use(
      http.get(api("/campaigns"), () =>
        broken ? refusal(500, "internal", "Something broke here") : HttpResponse.json({ items: [campaign(1)], next_cursor: null }),
      ),
    );
    const { user } = open("/campaigns");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Something broke here");
    expect(alert).toHaveTextContent("req-0f3a");
    broken = false;
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Undyed wool blankets")).toBeVisible();
  });

  it("a missing permission is named", async () => {
    server.use(
      http.get(api("/campaigns"), () =>
        refusal(403, "permission_denied", "Not allowed", { detail: "Listing needs a permission.", permission: "campaigns:read" }),
      ),
    );
    open("/campaigns");
    expect(await screen.findByRole("heading", { name: "You may not see this" })).toBeVisible();
    expect(screen.getByText("campaigns:read")).toBeVisible();
  });

  it("sends filter and sorting of the address, and puts changes back into it", async () => {
    const asked: string[] = [];
    server.use(
      http.get(api("/campaigns"), ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json({ items: [campaign(0), campaign(1)], next_cursor: null });
      }),
    );
    const { user, router } = open("/campaigns?state=live");
    await user.click(await screen.findByRole("button", { name: /Deadline/ }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ state: "live" }));
    await waitFor(() => expect(asked.at(-1)).toContain("deadline_at"));
    expect(asked[0]).toContain("state=live");
    await user.click(screen.getByRole("button", { name: "Remove filter State: Live" }));
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty("state"));
  });

  it("peeks on Space, moves on with the arrows, closes on Escape", async () => {
    const { user } = open("/campaigns");
    const grid = await screen.findByRole("grid", { name: "Campaigns" });
    const first = within(grid).getByText("Stoneware mugs, second firing", { selector: '[data-index="0"] *' });
    first.closest<HTMLElement>("[role=row]")?.focus();
    await user.keyboard(" ");
    expect(screen.getByRole("complementary", { name: /Peek: Stoneware/ })).toBeVisible();
    await user.keyboard("{ArrowDown}");
    expect(await screen.findByRole("complementary", { name: /Peek: Undyed/ })).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary", { name: /Peek/ })).toBeNull();
  });
});
