import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Builds to `dist/web`, which the control plane serves; in development `/api` goes to its default port. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // No inline data: pictures and no inline polyfill, so that a strict content policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The host is kept as the browser named it: the API refuses pages of another origin.
  server: {
    port: 4601,
    proxy: { "/api": { target: "http://127.0.0.1:4600", changeOrigin: false } },
  },
});
