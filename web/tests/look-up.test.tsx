import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Hit } from "@/apps/campaigns/desk/look-up-types";

import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const hit: Hit = {
  kind: "commitment",
  id: "01990000-0000-7000-8000-000000000911",
  label: "C-7K4M-92QX-5",
  detail: null,
  state: "refund_due",
  amount_minor: 4_998,
  currency: "EUR",
  path: "/campaigns/01990000-0000-7000-8000-000000000004?tab=commitments",
};

beforeEach(signedInBefore);

describe("the look-up of the control room", () => {
  it("answers a reference with links", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/campaign-lookup"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("q"));
        return HttpResponse.json({ items: [hit] });
      }),
    );
    const { user } = open("/desk");
    const box = await screen.findByRole("searchbox", { name: "Look up" });
    expect(screen.getByRole("button", { name: "Find" })).toBeDisabled();
    await user.type(box, " C-7K4M-92QX-5 {Enter}");
    const link = await screen.findByRole("link", { name: "C-7K4M-92QX-5" });
    expect(link).toHaveAttribute("href", hit.path);
    expect(screen.getByText("€49.98")).toBeVisible();
    expect(asked).toEqual(["C-7K4M-92QX-5"]);
  });

  it("says when nothing is known, and what broke", async () => {
    server.use(http.get(api("/campaign-lookup"), () => HttpResponse.json({ items: [] })));
    const { user, view } = open("/desk");
    await user.type(await screen.findByRole("searchbox", { name: "Look up" }), "nothing{Enter}");
    expect(await screen.findByText("Nothing is known under “nothing”.")).toBeVisible();
    view.unmount();
    server.use(http.get(api("/campaign-lookup"), () => refusal(500, "internal", "Something broke here")));
    const again = open("/desk");
    await again.user.type(await screen.findByRole("searchbox", { name: "Look up" }), "broken{Enter}");
    expect(await screen.findByText("req-0f3a")).toBeInTheDocument();
  });
});
