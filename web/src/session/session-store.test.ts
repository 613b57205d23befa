import { expect, it, vi } from "vitest";

/** The store of a page load of its own. */
async function load() {
  vi.resetModules();
  const store = await import("./session-store.ts");
  const told: string[] = [];
  store.onMoved(() => told.push("moved"));
  store.onSignedIn(({ isOther }) => told.push(isOther ? "other" : "same"));
  return { ...store, told };
}

it("tells when a page goes over from one workspace to another", async () => {
  const { noteSignedIn, isElsewhere, told } = await load();
  expect(isElsewhere("a")).toBe(false);
  noteSignedIn("a");
  expect(isElsewhere("a")).toBe(false);
  noteSignedIn("a");
  expect(isElsewhere("b")).toBe(true);
  noteSignedIn("b");
  expect(told).toEqual(["other", "same", "moved", "other"]);
});

it("remembers its workspace while it is not known where another tab has signed in to", async () => {
  const same = await load();
  same.noteWorkspace("a");
  same.noteSignedOut();
  same.noteSignedIn(null);
  same.noteWorkspace("a");
  expect(same.told).toEqual(["other"]);

  const other = await load();
  other.noteWorkspace("a");
  other.noteSignedIn(null);
  expect(other.isElsewhere("b")).toBe(true);
  other.noteWorkspace("b");
  expect(other.told).toEqual(["other", "moved"]);
});
