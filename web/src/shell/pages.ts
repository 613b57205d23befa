import type { LinkProps } from "@tanstack/react-router";

export interface PageEntry {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly name: string;
  /** Pressed after `g`. */
  readonly key: string;
}

/** The pages of the header, in its order, by what they are for. */
export const pageGroups: readonly {
  readonly name: string;
  readonly pages: readonly PageEntry[];
}[] = [
  {
    name: "Work",
    pages: [
      { to: "/", name: "Documents", key: "d" },
      { to: "/batches", name: "Batches", key: "b" },
      { to: "/portfolio", name: "Portfolio", key: "o" },
    ],
  },
  {
    name: "Run",
    pages: [
      { to: "/fleet", name: "Fleet", key: "f" },
      { to: "/failures", name: "Failures", key: "e" },
      { to: "/rollout", name: "Rollout", key: "r" },
    ],
  },
  {
    name: "Money",
    pages: [
      { to: "/costs", name: "Costs", key: "c" },
      { to: "/slos", name: "SLOs", key: "s" },
    ],
  },
  {
    name: "Set up",
    pages: [
      { to: "/packs", name: "Packs", key: "k" },
      { to: "/what-if", name: "What-if", key: "w" },
    ],
  },
];

export const pages: readonly PageEntry[] = pageGroups.flatMap((group) => group.pages);
