import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

// Two catalogues: what only staff and operators read, and all else, which a member may meet and
// which therefore keeps to the members' vocabulary (tests/vocabulary.test.ts).
const staff = [
  "src/apps/amc",
  "src/apps/campaigns/organiser",
  "src/apps/campaigns/desk",
  "src/platform/payments",
  "src/platform/console",
  "src/platform/webhooks",
];

export default defineConfig({
  sourceLocale: "en",
  locales: ["en"],
  // Neither line numbers nor dates: a catalogue changes only when a text does.
  format: formatter({ lineNumbers: false, customHeaderAttributes: { "POT-Creation-Date": "2026-11-21 00:00+0000" } }),
  catalogs: [
    { path: "locales/{locale}/staff", include: staff },
    { path: "locales/{locale}/member", include: ["src"], exclude: staff.map((folder) => `${folder}/**`) },
  ],
});
