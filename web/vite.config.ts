import { linguiTransformerBabelPreset } from "@lingui/vite-plugin";
import babel from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const target = `http://${process.env["METATRON_API"] ?? "127.0.0.1:3000"}`;
const proxied = ["/api", "/.well-known", "/health"];
const proxy = Object.fromEntries(proxied.map((path) => [path, { target, changeOrigin: false }]));

// Source texts stay in the code (one language ships), so a lazy page brings its own texts along.
const texts = linguiTransformerBabelPreset({ descriptorFields: "message" });

// The server allows no inline style element: the editor is given sheets made by script in their place.
const strictEditor = {
  name: "strict-editor",
  transform(code: string, id: string) {
    if (!id.endsWith("monaco-editor/esm/vs/base/browser/domStylesheets.js")) return null;
    const plain = "const style = document.createElement('style');";
    if (!code.includes(plain)) throw new Error("the editor makes its style elements otherwise now");
    return code.replace(plain, "const style = globalThis.MonacoEnvironment.makeSheet();");
  },
};

export default defineConfig({
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  plugins: [babel({ presets: [texts] }), react(), tailwindcss(), strictEditor],
  server: { host: "127.0.0.1", port: 5173, proxy },
  preview: { host: "127.0.0.1", port: 4173, proxy },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 600,
    // What forty chunks share nearly every route loads: one file instead of some forty small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 40 }] } } },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.{ts,tsx}"],
    css: false,
    restoreMocks: true,
    testTimeout: 60_000,
    // Nothing else runs beside them: one core less is what it leaves free by itself.
    maxWorkers: "100%",
  },
});
