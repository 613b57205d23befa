/**
 * Every screen of the page, and in which states it is looked at. `screens.test.ts` holds the list against the
 * router's routes and the tabs of a document, so that none is forgotten.
 */
export type State =
  | "loaded"
  | "empty"
  /** The API answers everything with a refusal; to a tab, all but the document itself. */
  | "error"
  | "mid-run"
  | "failed"
  /** The API asks for a key: every screen then shows the same. */
  | "signed-out"
  /** Hundreds of documents, long names. */
  | "crowded";

/** The states of every screen that the rules of accessibility are tried in. */
export const usualStates = [
  "loaded",
  "empty",
  "error",
  "signed-out",
] as const satisfies readonly State[];

/** Ids that addresses need, on the stack that has data. */
export interface Known {
  readonly done: string;
  /** Read again under the same name: a second version. */
  readonly second: string;
  readonly queued: string;
  readonly running: string;
  readonly failed: string;
  readonly batch: string;
  readonly emptyBatch: string;
}

export interface Screen {
  /** As the router has it. */
  readonly route: string;
  /** Of its pictures. */
  readonly name: string;
  readonly tab?: string;
  /** Address by state; a state that is missing is none of this screen's. */
  readonly at: Partial<Record<State, (known: Known) => string>>;
  /** The states that need the stack without a document. */
  readonly onBare: readonly State[];
}

type Address = string | ((known: Known) => string);

const addressOf = (address: Address) => (typeof address === "string" ? () => address : address);

/** A screen that is the whole of a route without parameters. */
function page(route: string, name: string, more: Partial<Record<State, Address>> = {}): Screen {
  const addresses = Object.entries({ loaded: route, empty: route, error: route, ...more });
  return {
    ...{ route, name, onBare: ["empty"] },
    at: Object.fromEntries(addresses.map(([state, address]) => [state, addressOf(address)])),
  };
}

/** A tab of a document: empty while nothing of it has begun. */
function tab(name: string): Screen {
  const of = (which: "done" | "queued" | "running" | "failed") => (known: Known) =>
    `/documents/${known[which]}?tab=${name}`;
  return {
    ...{ route: "/documents/$id", name: `document-${name}`, tab: name, onBare: [] },
    at: {
      ...{ loaded: of("done"), empty: of("queued"), error: of("done") },
      ...{ "mid-run": of("running"), failed: of("failed") },
    },
  };
}

const compared = ({ done, second }: Known): string => `/compare?a=${done}&b=${second}`;

/** The parts of a pack's page. One that is not there is its empty state. */
const packScreens: readonly Screen[] = [
  ["pack", ""],
  ["pack-edit", "?view=edit&file=prompts%2Fclinical.md"],
  ["pack-compare", "?view=compare"],
].map(([name = "", search]) => ({
  ...{ route: "/packs/$name", name, onBare: ["empty"] },
  at: {
    loaded: () => `/packs/pitch-deck${search}`,
    empty: () => `/packs/nothing-here${search}`,
    error: () => `/packs/pitch-deck${search}`,
  },
}));

const shortWhatIf = "/what-if?days=2&runs=1";

/** In the order of the router. */
export const screens: readonly Screen[] = [
  page("/", "documents", {
    crowded: "/",
    failed: "/?filter=attention",
    "mid-run": "/?filter=progress",
    "signed-out": "/",
  }),
  ...["slides", "extractions", "template", "clinical", "regulatory", "science"].map(tab),
  ...["results", "timeline", "cost", "ask", "activity"].map(tab),
  {
    ...{ route: "/documents/$id", name: "document-unknown", onBare: [] },
    at: {
      empty: () => "/documents/d_nothing_here",
      error: ({ done }) => `/documents/${done}`,
    },
  },
  page("/batches", "batches"),
  {
    ...{ route: "/batches/$id", name: "batch", onBare: [] },
    at: {
      loaded: ({ batch }) => `/batches/${batch}`,
      empty: ({ emptyBatch }) => `/batches/${emptyBatch}`,
      error: ({ batch }) => `/batches/${batch}`,
    },
  },
  page("/fleet", "fleet", { "mid-run": "/fleet" }),
  page("/portfolio", "portfolio", { crowded: "/portfolio" }),
  page("/costs", "costs"),
  page("/slos", "slos"),
  page("/failures", "failures"),
  page("/rollout", "rollout"),
  page("/packs", "packs"),
  ...packScreens,
  // A short simulation: its screen is the same.
  page("/what-if", "what-if", {
    ...{ loaded: shortWhatIf, empty: shortWhatIf, error: shortWhatIf },
  }),
  page("/compare", "compare", { loaded: compared, error: compared }),
];

/** One thing to look at: a screen in a state. */
export interface Sight {
  readonly screen: Screen;
  readonly state: State;
}

export const sightsIn = (states: readonly State[]): Sight[] =>
  screens.flatMap((screen) =>
    states.filter((state) => screen.at[state] !== undefined).map((state) => ({ screen, state })),
  );
