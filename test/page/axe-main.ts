import { startBrowser } from "../support/browser.ts";
import { startOwnPostgres } from "./own-postgres.ts";
import { nameOf, tryRules } from "./rules.ts";
import { usualStates } from "./screens.ts";
import { setStage } from "./stage.ts";

/**
 * `npm run page:axe`: every screen, loaded, empty and in error, in both themes, under the rules of axe (WCAG 2.2 AA and
 * best practice). Ends with 1 where one is broken.
 */
const write = (line: string): void => void process.stdout.write(`${line}\n`);

const server = await startOwnPostgres();
const stage = await setStage(server.makeDatabase);
const browser = await startBrowser(stage.home);
try {
  const findings = await tryRules(browser, stage, {
    ...{ states: usualStates, windows: 2, isLean: false },
    onFinding: ({ sight, theme, problems }) =>
      write(
        [nameOf(sight).padEnd(32), theme.padEnd(6), problems.length === 0 ? "right" : ""].join(
          " ",
        ) + problems.map((problem) => `\n    ${problem}`).join(""),
      ),
  });
  const broken = findings.filter(({ problems }) => problems.length > 0);
  write(`${findings.length} screens, ${broken.length} with something wrong.`);
  process.exitCode = broken.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  await stage.close();
  await server.stop();
}
