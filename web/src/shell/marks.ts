/** What the keys of the shell do with the marks in the markup of `main`; see keys.ts for the list. */
const focusable = "a[href], button:not(:disabled), summary, input, select, textarea";

const shown = (selector: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(`main ${selector}`)].filter((element) =>
    element.checkVisibility(),
  );

const focusTarget = (element: HTMLElement): HTMLElement =>
  element.matches(focusable) || element.tabIndex >= 0
    ? element
    : (element.querySelector<HTMLElement>(focusable) ?? element);

/** Moves the focus by `step` rows; from outside the rows to the first or the last one. */
export function moveRow(step: 1 | -1): void {
  const rows = shown("[data-row]");
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? rows.at(step === 1 ? 0 : -1) : rows[at + step];
  if (next === undefined) return;
  focusTarget(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

const isCurrent = "[aria-current]:not([aria-current=false]), [aria-selected=true]";

/** Presses the tab beside the one that is shown. */
export function moveTab(step: 1 | -1): void {
  const bar = shown("[data-tabs]")[0];
  const tabs = [...(bar?.querySelectorAll<HTMLElement>("a[href], button:not(:disabled)") ?? [])];
  const next = tabs[tabs.findIndex((tab) => tab.matches(isCurrent)) + step];
  next?.click();
  next?.focus({ preventScroll: true });
}

export function goToActions(): void {
  const place = shown("[data-key-actions]")[0];
  if (place === undefined) return;
  const target = focusTarget(place);
  target.focus();
  const menu = target.matches("summary") ? target.closest("details") : null;
  if (menu !== null) menu.open = true;
}

/** The chart that the focus is in, or the first one that is seen. */
export function toggleTable(): void {
  const near = document.activeElement?.closest("section")?.querySelector("[data-key-table]");
  const toggle = near instanceof HTMLElement ? near : shown("[data-key-table]")[0];
  toggle?.click();
}

/** @returns whether this page has something to search in. */
export function goToSearch(): boolean {
  const field = shown("input[type=search]")[0];
  field?.focus();
  return field !== undefined;
}
