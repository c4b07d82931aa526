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

export default defineConfig({
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  plugins: [babel({ presets: [texts] }), react(), tailwindcss()],
  server: { host: "127.0.0.1", port: 5173, proxy },
  preview: { host: "127.0.0.1", port: 4173, proxy },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 600,
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.{ts,tsx}"],
    css: false,
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
