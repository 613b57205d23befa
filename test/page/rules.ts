import type { Browser, Page } from "playwright-core";
import { brokenRules, themeRules } from "../support/browser.ts";
import { type Sight, type State, sightsIn } from "./screens.ts";
import type { Stage } from "./stage.ts";
import { openWindow, setTheme, type Window } from "./visit.ts";

export type Theme = "light" | "dark";

/** One screen in one state and theme, and what is wrong with it; nothing is right. */
export interface Finding {
  readonly sight: Sight;
  readonly theme: Theme;
  readonly problems: readonly string[];
}

export interface RulesOptions {
  readonly states: readonly State[];
  /** Windows that look at the same time. */
  readonly windows: number;
  /** In the dark only what colours decide is tried again. */
  readonly isLean: boolean;
  readonly onFinding?: (finding: Finding) => void;
}

/** Holds the rules of accessibility against every screen in these states and both themes. */
export async function tryRules(
  browser: Browser,
  stage: Stage,
  { states, windows, isLean, onFinding }: RulesOptions,
): Promise<Finding[]> {
  const waiting = sightsIn(states);
  const findings: Finding[] = [];
  const told = (finding: Finding): void => {
    findings.push(finding);
    onFinding?.(finding);
  };
  const work = async (): Promise<void> => {
    const errors: string[] = [];
    const size = { width: 1280, height: 860 };
    const window = await openWindow(browser, stage, size, (error) => errors.push(error));
    for (let sight = waiting.shift(); sight !== undefined; sight = waiting.shift()) {
      errors.length = 0;
      for (const finding of await lookAt(window, sight, isLean, errors)) told(finding);
    }
    await window.close();
  };
  await Promise.all(Array.from({ length: windows }, work));
  return findings;
}

async function lookAt(
  window: Window,
  sight: Sight,
  isLean: boolean,
  errors: readonly string[],
): Promise<Finding[]> {
  const { page } = window;
  await page.emulateMedia({ colorScheme: "light" });
  const unseen = await window.show(sight).catch((error: Error) => error.message);
  const light = await rulesOf(page);
  await setTheme(page, "dark");
  const dark = await rulesOf(page, isLean ? themeRules : undefined);
  return [
    {
      sight,
      theme: "light",
      problems: [...(unseen === null ? [] : [unseen]), ...errors, ...light],
    },
    { sight, theme: "dark", problems: dark },
  ];
}

const rulesOf = (page: Page, only?: readonly string[]): Promise<string[]> =>
  brokenRules(page, only).catch((error: Error) => [`axe: ${error.message}`]);

export const nameOf = ({ screen, state }: Sight): string => `${screen.name} ${state}`;
