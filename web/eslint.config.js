import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const apart = (own, message) => ({
  files: [`src/${own}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: ["@/apps/*", "@/platform/*", "@/shell/*", `!@/${own}`, `!@/${own}/**`], message }] },
    ],
  },
});

export default tseslint.config(
  { ignores: ["dist", "node_modules", "tests/generated", "locales"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 250],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "No barrels: import from the file that owns the name." },
        {
          selector: "MemberExpression[object.name='localStorage'][property.name='setItem'] > Literal[value=/token/i]",
          message: "Tokens live in memory only.",
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  apart("kernel", "kernel holds tools only and imports nothing of ours."),
  apart("ui", "ui imports no feature."),
  apart("apps/amc", "No app imports another module: share through kernel or ui."),
  apart("apps/campaigns", "No app imports another module: share through kernel or ui."),
  apart("platform/identity", "A module imports kernel and ui only."),
  apart("platform/notifications", "A module imports kernel and ui only."),
  apart("platform/payments", "A module imports kernel and ui only."),
  apart("platform/approvals", "A module imports kernel and ui only."),
  apart("platform/audit", "A module imports kernel and ui only."),
  apart("platform/console", "A module imports kernel and ui only."),
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked], languageOptions: { globals: globals.node } },
);
