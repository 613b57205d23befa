/** What a company is, in the words its deck uses. Slots in all phrases: {what} {users} {buyers} {problem} {area} {name}. */
export interface Company {
  readonly what: string;
  readonly users: string;
  readonly buyers: string;
  readonly problem: string;
  readonly area: string;
  readonly health: boolean;
}

type Bank = Readonly<Record<string, readonly string[]>>;

/** All wording of one language. */
export interface Words {
  readonly companies: readonly Company[];
  /** Titles that make a claim, by kind of slide. */
  readonly titles: Bank;
  readonly topics: Readonly<Record<string, string>>;
  readonly items: Bank;
  readonly healthItems: Bank;
  readonly source: readonly string[];
  readonly months: readonly string[];
  readonly roles: readonly string[];
  readonly people: readonly string[];
  readonly funds: readonly string[];
  readonly filler: readonly string[];
  readonly pieces: readonly string[];
}
