import { AppError } from "../../../errors/app-error.ts";

const defaultPort = 11_434;

/**
 * The base URL for a value of OLLAMA_HOST, in every form Ollama itself takes: `host`, `host:port`,
 * `:port`, `[::1]:port`, a URL with or without a path. "Every interface" is an address to listen on,
 * so as a place to call it becomes the loopback. Throws CONFIG_INVALID.
 */
export function ollamaUrl(host: string | null | undefined): URL {
  const text = (host ?? "").trim().replace(/^["']|["']$/g, "");
  const withScheme = /^https?:\/\//i.test(text);
  if (!withScheme && text.includes("://")) throw notAHost(text);
  const url = parse(withScheme ? text : `http://${bracketed(text)}`, text);
  if (!withScheme && !namesPort(text)) url.port = String(defaultPort);
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** An empty host means this machine; a bare IPv6 address gets the brackets a URL wants. */
function bracketed(text: string): string {
  if (text === "") return "127.0.0.1";
  if (text.startsWith(":") && !text.startsWith("::")) return `127.0.0.1${text}`;
  if (/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(text)) return `[${text}]`;
  return text;
}

/** Asked of the text, because a URL drops port 80 when the scheme implies it. */
const namesPort = (text: string): boolean => /^(\[[^\]]*\]|[^:/]*):\d+(\/|$)/.test(text);

function parse(url: string, given: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw notAHost(given, error);
  }
}

const notAHost = (given: string, cause?: unknown): AppError =>
  new AppError("CONFIG_INVALID", `OLLAMA_HOST is not a host: "${given}".`, { cause });

/** `llava` and `llava:latest` are one model. */
export const fullName = (model: string): string =>
  model.slice(model.lastIndexOf("/") + 1).includes(":") ? model : `${model}:latest`;
