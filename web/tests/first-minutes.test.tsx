import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import { reviewers } from "./fixtures/approvals";
import { campaign, publicCampaign } from "./fixtures/campaigns";
import { claim } from "./fixtures/delivery";
import { me, members } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const live = campaign(0);
const draft = campaign(3);
const submitted = campaign(5);
const edit = `/campaigns/${draft.id}/edit`;

describe("the way to the public page", () => {
  it("stands on a published campaign's record and can be copied", async () => {
    const { user } = open(`/campaigns/${live.id}`);
    const link = await screen.findByRole("link", { name: "Public page" });
    expect(link).toHaveAttribute("href", "/o/harbour/campaigns/campaign-0");
    await user.click(screen.getByRole("button", { name: "Copy link" }));
    expect(await navigator.clipboard.readText()).toBe("http://localhost/o/harbour/campaigns/campaign-0");
    expect(await screen.findByText("Link copied")).toBeInTheDocument();
  });

  it("is not there before publication", async () => {
    open(`/campaigns/${draft.id}`);
    await screen.findByText("Add the main picture.");
    expect(screen.queryByRole("link", { name: "Public page" })).toBeNull();
  });

  it("leads to the organisation's campaigns from either address", async () => {
    const { router } = open("/o/harbour/campaigns");
    expect(await screen.findByRole("heading", { name: publicCampaign.title })).toBeVisible();
    expect(router.state.location.pathname).toBe("/o/harbour");
  });
});

describe("a submitted campaign", () => {
  it("names who may approve it, and says that it is another person", async () => {
    open(`/campaigns/${submitted.id}`);
    const told = (await screen.findByRole("heading", { name: "Waits for a second person" })).closest("section") as HTMLElement;
    expect(told).toHaveTextContent("Tomás Iglesias or Mira Okafor can approve it");
    expect(told).toHaveTextContent("role owner or administrator");
    expect(told).toHaveTextContent("Whoever submitted a campaign does not approve it.");
  });

  it("says what to do when nobody may", async () => {
    server.use(http.get(api(`/campaigns/${submitted.id}/reviewers`), () => HttpResponse.json({ ...reviewers, items: [], count: 0 })));
    open(`/campaigns/${submitted.id}`);
    expect(await screen.findByText(/Nobody else here may approve it yet/)).toBeVisible();
    expect(screen.getByRole("link", { name: "invite a member" })).toHaveAttribute("href", "/settings/members");
  });
});

describe("the main picture", () => {
  const file = (type: string, size = 10) => new File([new Uint8Array(size)], "mug.png", { type });
  const choose = async (chosen: File) => {
    const input = await screen.findByLabelText("Picture to upload");
    fireEvent.change(input, { target: { files: [chosen] } });
  };

  it("is marked as needed, and a wrong file is refused under its name", async () => {
    open(edit);
    const field = await screen.findByLabelText("Main picture");
    expect(field).toBeRequired();
    await choose(file("image/gif"));
    expect(await screen.findByText("Choose a JPEG, PNG or WebP picture")).toBeVisible();
    await choose(file("image/png", 5 * 1_048_576 + 1));
    expect(await screen.findByText("The picture is larger than 5 MB")).toBeVisible();
    server.use(http.post(api("/files"), () => refusal(415, "media_type_refused", "No", { detail: "Its content is text/html." })));
    await choose(file("image/png"));
    expect(await screen.findByText("Its content is text/html.")).toBeVisible();
  });

  it("is uploaded, looked at, and saved by its file", async () => {
    const sent: unknown[] = [];
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:mug", revokeObjectURL: () => undefined }));
    server.use(
      http.post(api("/files"), ({ request }) => {
        expect(new URL(request.url).searchParams.get("purpose")).toBe("campaign_picture");
        return HttpResponse.json({ id: "01990000-0000-7000-8000-000000000f11" }, { status: 201 });
      }),
      http.patch(api(`/campaigns/${draft.id}`), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(draft);
      }),
    );
    const { user } = open(edit);
    await choose(file("image/png"));
    await waitFor(() => expect(screen.getByLabelText("Main picture")).toHaveValue("mug.png"));
    expect(screen.getByRole("img", { name: "Stoneware mug, 300 ml" })).toHaveAttribute("src", "blob:mug");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toEqual([{ picture_file_id: "01990000-0000-7000-8000-000000000f11" }]));
  });

  it("leaves a quiet place with the product's name when it does not load", async () => {
    open("/o/harbour/campaigns/campaign-0");
    const picture = await screen.findByRole("img", { name: "Stoneware mug, 300 ml" });
    fireEvent.error(picture);
    await waitFor(() => expect(screen.queryByRole("img", { name: "Stoneware mug, 300 ml" })).toBeNull());
    expect(screen.getAllByText("Stoneware mug, 300 ml").length).toBe(2);
  });
});

describe("the supplier of a campaign", () => {
  it("is looked for by the server among all members", async () => {
    const asked: string[] = [];
    server.use(
      http.get(api("/members"), ({ request }) => {
        const query = new URL(request.url).searchParams;
        if (query.get("sort") !== "name") return undefined;
        asked.push(query.get("q") ?? "");
        const items = query.get("q") === "tom" ? members.slice(1, 2) : members.slice(2);
        return HttpResponse.json({ items, next_cursor: null });
      }),
    );
    const { user } = open(edit);
    const field = await screen.findByRole("combobox", { name: "Supplier" });
    await waitFor(() => expect(field).toHaveValue("Mira Okafor"));
    await user.clear(field);
    await user.type(field, "tom");
    await user.click(await screen.findByRole("option", { name: /Tomás Iglesias/ }));
    await waitFor(() => expect(field).toHaveValue("Tomás Iglesias · tomas@harbour.example"));
    expect(asked).toContain("tom");
    expect(asked).not.toContain("t");
  });
});

describe("what a supplier owes back", () => {
  it("is paid back after a look at the amount, once", async () => {
    const sent: unknown[] = [];
    server.use(
      http.get(api("/supplier/claims"), () => HttpResponse.json({ items: [claim], next_cursor: null })),
      http.post(api(`/supplier/claims/${claim.id}/payments`), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        sent.push(await request.json());
        return HttpResponse.json({}, { status: 202 });
      }),
    );
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Pay back" }));
    const dialog = await screen.findByRole("dialog");
    const amount = within(dialog).getByLabelText("Amount in EUR");
    expect(amount).toHaveValue("54.97");
    await user.clear(amount);
    await user.type(amount, "54.98");
    expect(within(dialog).getByText("Enter an amount up to €54.97")).toBeVisible();
    await user.clear(amount);
    await user.type(amount, "20");
    expect(dialog).toHaveTextContent("€34.97");
    await user.type(within(dialog).getByLabelText("Payment method"), "acct_1");
    await user.click(within(dialog).getByRole("button", { name: "Pay back €20.00" }));
    await waitFor(() => expect(sent).toEqual([{ amount_minor: 2000, payment_method: "acct_1" }]));
  });

  it("cannot be paid twice while the provider is at it", async () => {
    const waiting = { ...claim, under_way_minor: 5497 };
    server.use(http.get(api("/supplier/claims"), () => HttpResponse.json({ items: [waiting], next_cursor: null })));
    open("/supplier");
    expect(await screen.findByText(/€54.97 is under way at the provider/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Pay back" })).toBeNull();
  });
});

describe("two clocks", () => {
  const ahead = { ...me, tenant: me.tenant === null ? null : { ...me.tenant, is_sandbox: true, clock_offset_seconds: 259_200 } };

  it("are told apart in the log where a sandbox runs ahead", async () => {
    server.use(http.get(api("/auth/me"), () => HttpResponse.json(ahead)));
    open("/audit");
    expect(await screen.findByText(/Times here are real time. The clock of this sandbox, which its campaigns follow, runs 3 days ahead/)).toBeVisible();
    expect(await screen.findByRole("columnheader", { name: /On the organisation’s clock/ })).toBeVisible();
    expect(screen.getByRole("columnheader", { name: /Real time/ })).toBeVisible();
  });

  it("are one elsewhere", async () => {
    open("/audit");
    expect(await screen.findByRole("columnheader", { name: /When/ })).toBeVisible();
    expect(screen.queryByText(/Times here are real time/)).toBeNull();
  });
});
