/** Does whatever set-up is missing, and nothing else. Safe to run at any time, also twice at once. */
import "./node-version.mjs";

const { setUpOrExit } = await import("./set-up/set-up.mjs");
await setUpOrExit();
