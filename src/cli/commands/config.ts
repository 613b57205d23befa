import { resolve } from "node:path";
import { settings } from "../../config/sources.ts";
import type { Config, SettingView } from "../../config.ts";
import { AppError } from "../../errors/app-error.ts";
import { nearest } from "../../lib/nearest.ts";
import { editConfigFile } from "../config-file.ts";
import { type Context, checkout, configOf } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSecret } from "../secret.ts";
import { cell, oneLine } from "../text.ts";

const fileName = "pilotlight.yaml";

/** The file that is read, whether it exists or not. */
const fileOf = ({ env, cwd }: Context): string => {
  const named = env.PILOTLIGHT_CONFIG?.trim();
  return named ? resolve(cwd, named) : resolve(checkout, fileName);
};

/** Every setting with its value; secrets are shown as `(set)` only. */
export async function configList(
  context: Context,
  { showOrigin = false }: { readonly showOrigin?: boolean },
): Promise<number> {
  const { output } = context;
  const config = await configOf(context);
  if (output.json) {
    output.object("config", { file: fileOf(context), settings: config.settings });
    return exitCodes.ok;
  }
  const keys = Math.max(...config.settings.map(({ key }) => key.length));
  const origins = Math.max(...config.settings.map(({ origin }) => origin.length));
  for (const { key, value, origin } of config.settings) {
    const from = showOrigin
      ? `${output.style.colors.dim(cell(origin, origins, output.style))} `
      : "";
    output.data(`${from}${cell(key, keys, output.style)} ${oneLine(value)}`);
  }
  return exitCodes.ok;
}

/** One setting. Throws USAGE for a key that does not exist, with the one that may be meant. */
export async function configGet(
  context: Context,
  key: string,
  { showOrigin = false }: { readonly showOrigin?: boolean },
): Promise<number> {
  const { output } = context;
  checkKey(key);
  const setting = settingOf(await configOf(context), key);
  if (output.json) output.object("setting", setting);
  else output.data(showOrigin ? `${setting.value} (${setting.origin})` : setting.value);
  return exitCodes.ok;
}

/**
 * Changes one setting of the file, whose comments stay. The value of a secret is read from stdin, for what
 * stands on a command line is seen by others. A server reads it at its next start.
 */
export async function configSet(context: Context, key: string, given: string): Promise<number> {
  const { output, env } = context;
  const setting = checkKey(key);
  if (setting.secret === true && given !== "-") {
    throw new AppError("USAGE", `${key} is a secret: give "-" and send its value on stdin`);
  }
  const value = given === "-" ? await readSecret(context, `${key}: `) : given;
  const file = fileOf(context);
  await editConfigFile({ file, setting, value, cwd: checkout, env });
  const now = settingOf(await configOf(context), key);
  if (output.json) output.object("setting", { ...now, file });
  else output.data(`${key} = ${now.value}`);
  // The environment wins over the file.
  if (now.origin === setting.env) output.say(`${now.origin} is set and wins over ${file}.`);
  output.say("A running server reads it at its next start.");
  return exitCodes.ok;
}

function checkKey(key: string): (typeof settings)[number] {
  const known = settings.find((one) => one.key === key);
  if (known !== undefined) return known;
  const keys = settings.map((one) => one.key);
  const inner = keys.filter((one) => one.startsWith(`${key}.`));
  if (inner.length > 0) throw new AppError("USAGE", `${key} is a block: ${inner.join(", ")}`);
  const meant = nearest(key, keys) ?? keys.find((one) => one.endsWith(`.${key}`));
  const hint = meant === undefined ? "See: pilotlight config list" : `Did you mean ${meant}?`;
  throw new AppError("USAGE", `there is no setting "${key}"\n${hint}`);
}

function settingOf(config: Config, key: string): SettingView {
  const setting = config.settings.find((one) => one.key === key);
  if (setting === undefined) throw new AppError("USAGE", `there is no setting "${key}"`);
  return setting;
}
