import type { IncomingHttpHeaders } from "node:http";

/** Cookies are kept by host and not by port: two installations on one machine must not take each other's. */
function nameFor({ host }: IncomingHttpHeaders): string {
  const port = /:(\d+)$/.exec(host ?? "")?.[1];
  return port === undefined ? "pilotlight-session" : `pilotlight-session-${port}`;
}

/** The session that the browser has here; "": none. */
export function sessionCookieIn(headers: IncomingHttpHeaders): string {
  const start = `${nameFor(headers)}=`;
  const cookies = (headers.cookie ?? "").split(";").map((one) => one.trim());
  return cookies.find((one) => one.startsWith(start))?.slice(start.length) ?? "";
}

/**
 * The header that gives a browser a session until it is closed, or takes it. No script reads it, and no other site's
 * page sends it. Who came by TLS, as the browser itself says, keeps it to TLS.
 */
export function sessionCookie(headers: IncomingHttpHeaders, session: string | null): string {
  const isSecure = headers.origin?.startsWith("https:") === true;
  return [
    `${nameFor(headers)}=${session ?? ""}`,
    "Path=/api",
    "HttpOnly",
    "SameSite=Strict",
    ...(isSecure ? ["Secure"] : []),
    ...(session === null ? ["Max-Age=0"] : []),
  ].join("; ");
}
