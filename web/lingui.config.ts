import { defineConfig } from "@lingui/cli";

const member = ["src/apps/campaigns/member", "src/apps/campaigns/public", "src/apps/campaigns/supplier"];

export default defineConfig({
  sourceLocale: "en",
  locales: ["en"],
  catalogs: [
    { path: "locales/{locale}/member", include: member },
    { path: "locales/{locale}/staff", include: ["src"], exclude: member.map((folder) => `${folder}/**`) },
  ],
});
