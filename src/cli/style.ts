import picocolors from "picocolors";

type Env = Readonly<Record<string, string | undefined>>;
type Colors = ReturnType<typeof picocolors.createColors>;

/** How one stream may be written to. */
export interface Style {
  readonly colors: Colors;
  /** Whether more than ASCII can be shown. */
  readonly unicode: boolean;
}

export interface StyleFacts {
  readonly env: Env;
  readonly isTty: boolean;
  /** `--no-color` was not given. */
  readonly colorWanted: boolean;
}

export function styleOf(facts: StyleFacts): Style {
  return { colors: picocolors.createColors(wantsColor(facts)), unicode: showsUnicode(facts.env) };
}

/** https://no-color.org: any value counts; a flag wins over FORCE_COLOR, that over the terminal. */
function wantsColor({ env, isTty, colorWanted }: StyleFacts): boolean {
  if (!colorWanted || (env.NO_COLOR ?? "") !== "") return false;
  if ((env.FORCE_COLOR ?? "") !== "") return env.FORCE_COLOR !== "0";
  return isTty && env.TERM !== "dumb";
}

/** The first of the locale's variables that is set decides, as in every other program. */
function showsUnicode(env: Env): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => (value ?? "") !== "");
  return /utf-?8/i.test(locale ?? "");
}
