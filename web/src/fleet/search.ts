/** What is looked at on the page of the fleet, in the address. */
export interface FleetSearch {
  /** `vision-1` */
  container?: string;
  /** One life of it; without it, the newest. */
  run?: number;
  decision?: number;
  /** Decisions about one pool. */
  pool?: string;
  view?: "table";
  zoom?: number;
}

const whole = (value: unknown): number | undefined => {
  const number = Number(value);
  return value !== undefined && Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

const zooms = [2, 4, 8, 16, 32];

export const fleetSearch = (raw: Record<string, unknown>): FleetSearch => {
  const [run, decision] = [whole(raw.run), whole(raw.decision)];
  const zoom = zooms.find((known) => known === raw.zoom);
  const word = (value: unknown, pattern: RegExp): string | undefined =>
    typeof value === "string" && pattern.test(value) ? value : undefined;
  const container = word(raw.container, /^[a-z]+-\d{1,4}$/);
  const pool = word(raw.pool, /^[a-z]{1,40}$/);
  return {
    ...(container === undefined ? {} : { container }),
    ...(run === undefined ? {} : { run }),
    ...(decision === undefined ? {} : { decision }),
    ...(pool === undefined ? {} : { pool }),
    ...(raw.view === "table" ? { view: "table" } : {}),
    ...(zoom === undefined ? {} : { zoom }),
  };
};
