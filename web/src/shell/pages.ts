/** The pages of the header, in its order. */
export const pages = [
  { to: "/", name: "Documents" },
  { to: "/batches", name: "Batches" },
  { to: "/portfolio", name: "Portfolio" },
  { to: "/fleet", name: "Fleet" },
  { to: "/failures", name: "Failures" },
  { to: "/costs", name: "Costs" },
  { to: "/slos", name: "SLOs" },
  { to: "/rollout", name: "Rollout" },
  { to: "/packs", name: "Packs" },
  { to: "/what-if", name: "What-if" },
] as const;
