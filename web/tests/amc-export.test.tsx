import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import { ExportMenu } from "@/apps/amc/results/export-menu";
import type { RowFilter } from "@/apps/amc/results/result-types";
import { queryClient } from "@/kernel/query";

import { run } from "./fixtures/amc";
import { api, server } from "./server";

async function exported(sort: string, filters: readonly RowFilter[]): Promise<Record<string, string>> {
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:rows", revokeObjectURL: () => undefined }));
  const asked: Record<string, string>[] = [];
  server.use(
    http.get(api(`/amc/runs/${run.id}/export`), ({ request }) => {
      asked.push(Object.fromEntries(new URL(request.url).searchParams));
      return HttpResponse.text("campaign\n");
    }),
  );
  const { unmount } = render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <ExportMenu source={{ path: "/amc/runs", id: run.id }} name={run.name} sort={sort} filters={filters} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: /Export/ }));
  await user.click(await screen.findByRole("menuitem", { name: "CSV" }));
  await waitFor(() => expect(asked).toHaveLength(1));
  unmount();
  return asked[0] ?? {};
}

it("exports the rows as they are sorted and filtered", async () => {
  expect(await exported("-reach", [["reach", ">", "100"]])).toEqual({ format: "csv", sort: "-reach", filter: '[["reach",">","100"]]' });
});

it("exports the whole result where nothing is sorted or filtered", async () => {
  expect(await exported("", [])).toEqual({ format: "csv" });
});
