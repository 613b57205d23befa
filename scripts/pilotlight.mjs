/** What the file `pilotlight` runs: sets up what is missing, then the command. */
import "./node-version.mjs";

const { launch } = await import("./set-up/launch.mjs");
await launch(process.argv.slice(2));
