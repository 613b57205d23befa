import { AppError } from "../../../errors/app-error.ts";

/**
 * The base of an OpenAI-compatible API, ending in a slash: `http://127.0.0.1:8000`, `.../v1` and
 * `.../v1/` are one place; another path (`https://host/openai/v1beta`) is kept. Throws CONFIG_INVALID.
 */
export function openaiUrl(given: string): URL {
  const text = given.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError("CONFIG_INVALID", `PILOTLIGHT_OPENAI_URL is not a URL: "${text}".`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new AppError(
      "CONFIG_INVALID",
      "PILOTLIGHT_OPENAI_URL: a key goes into its own variable.",
    );
  }
  url.search = "";
  url.hash = "";
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path === "" ? "/v1/" : `${path}/`;
  return url;
}
