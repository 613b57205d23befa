import type { Exceptions } from "./unused.ts";

/** What looks unused and is not, with the reason. An entry that excuses nothing fails the tests. */
export const exceptions: Exceptions = {
  exports: {
    "src/lib/clock.ts#manualClock": "tests of everything that takes a Clock",
    "src/lib/events.ts#eventNames":
      "the catalogue: tests hold SQL and the page's sentences against it",
    "src/core/pipeline/life-cycle.ts#replicaMayMove":
      "the rule that the tests hold the fleet against",
  },
  files: {
    "src/lib/events.ts": "the catalogue of events, for people and tests",
    "src/worker/supervisor.ts": "the first process of an image",
    "web/src/main.tsx": "the script of web/index.html",
  },
  packages: {
    "@biomejs/biome": "run by scripts/run.mjs",
    "@types/node": "types for the compiler",
    "@types/pdfkit": "types for the compiler",
    "@types/react": "types for the compiler",
    "@types/react-dom": "types for the compiler",
    "openapi-types": "types that @fastify/swagger and fastify-type-provider-zod ask for",
    tailwindcss: "imported by web/src/styles.css",
    typescript: "run by scripts/run.mjs",
  },
};
