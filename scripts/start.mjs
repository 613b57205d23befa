/** `npm start`: the whole stack. With arguments, `npm start -- run deck.pdf` is `./pilotlight run deck.pdf`. */
import "./node-version.mjs";

const { launch } = await import("./set-up/launch.mjs");
// npm moves to the package's folder; the files a person names lie where they were.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const words = process.argv.slice(2);
await launch(words.length === 0 ? ["up", "--sample"] : words);
