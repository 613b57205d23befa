import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call,
  createControlPlane,
  registerWorker,
} from "../../test/support/control-plane.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import {
  createLockedPlane,
  hashOfKey,
  type LockedPlane,
  otherKey,
  ownKey,
} from "../../test/support/locked-plane.ts";
import { submit } from "../../test/support/queue.ts";
import { manualClock } from "../lib/clock.ts";
import { createAccess } from "../services/access.ts";

const host = "pilotlight.example:4600";
const own = { host, "sec-fetch-site": "same-origin" };
let both: LockedPlane;
let db: TestDatabase;
let open: ControlPlane;
let locked: ControlPlane;
let document = "";
beforeAll(async () => {
  both = await createLockedPlane();
  ({ db, open, locked, document } = both);
});
afterAll(() => both.close());

const signIn = (apiKey: string, headers: Record<string, string> = own): Promise<Answer> =>
  call(locked.app, "POST", "/api/session", { body: { apiKey }, headers });
const pairIn = ({ headers }: Answer): string => String(headers["set-cookie"]).split(";")[0] ?? "";
const cookieFor = async (key: string): Promise<string> => pairIn(await signIn(key));
const get = (
  url: string,
  headers: Record<string, string>,
  app: FastifyInstance = locked.app,
): Promise<Answer> => call(app, "GET", url, { headers: { ...own, ...headers } });
const stateOf = ({ status, body }: Answer) => [status, body.code ?? "ok"];

describe("signing in", () => {
  it("answers a cookie that no script reads, no other site sends, and that holds no key", async () => {
    const answer = await signIn(ownKey);
    expect(answer.body).toMatchObject({ keyNeeded: true, workspace: "default" });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(
      /^pilotlight-session-4600=[\w.-]+; Path=\/api; HttpOnly; SameSite=Strict$/,
    );
    for (const told of [ownKey, ...["hex", "base64", "base64url"].map(hashAs)]) {
      expect(cookie).not.toContain(told);
    }
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("keeps the cookie to TLS where the browser came by it", async () => {
    const answer = await signIn(ownKey, { ...own, origin: "https://pilotlight.example:4600" });
    expect(answer.headers["set-cookie"]).toMatch(/; Secure$/);
  });

  it.each(["wrong", `${ownKey} `.repeat(2), ""])("says that a key is wrong (%j)", async (key) => {
    const answer = await signIn(key);
    const refused = key === "" ? [400, "BAD_REQUEST"] : [401, "KEY_UNKNOWN"];
    expect(stateOf(answer)).toEqual(refused);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toContain("default workspace");
  });

  it("opens what the key opens: lists, pictures, files and events, and no other workspace", async () => {
    const cookie = await cookieFor(ownKey);
    for (const path of ["", "/results", "/slides", "/events"]) {
      expect((await get(`/api/documents/${document}${path}`, { cookie })).status).toBe(200);
    }
    const others = await cookieFor(otherKey);
    for (const path of ["", "/file", "/pages/1.jpg"]) {
      const answer = await get(`/api/documents/${document}${path}`, { cookie: others });
      expect(stateOf(answer)).toEqual([404, "DOCUMENT_NOT_FOUND"]);
    }
    const asked = await get("/api/workspaces/other/documents", { cookie });
    expect(stateOf(asked)).toEqual([403, "FORBIDDEN"]);
  });

  it("counts at another control plane of the same database that takes its key", async () => {
    const cookie = await cookieFor(ownKey);
    const second = await createControlPlane(db, { apiKeys: [ownKey, "another key"] });
    expect((await get("/api/documents", { cookie }, second.app)).status).toBe(200);
    await second.close();
    const other = await createControlPlane(db, { apiKeys: ["another key"] });
    expect((await get("/api/documents", { cookie }, other.app)).status).toBe(401);
    await other.close();
  });

  it("is no key, and no token of a container", async () => {
    const token = (await cookieFor(ownKey)).split("=")[1] ?? "";
    expect((await call(locked.app, "GET", "/api/documents", { token })).status).toBe(401);
    const worker = await registerWorker(locked.app);
    const beat = { bootId: worker.bootId, phase: "ready", leases: [], note: null };
    const url = `/api/containers/${worker.id}/heartbeat`;
    const headers = { ...own, cookie: await cookieFor(ownKey) };
    expect((await call(locked.app, "POST", url, { body: beat, headers })).status).toBe(401);
  });
});

describe("a session", () => {
  const list = async (cookie: string) => stateOf(await get("/api/documents", { cookie }));
  const refused = [401, "UNAUTHORIZED"];

  it("ends when its key is taken back", async () => {
    const key = "a key that is taken back";
    await both.addKey("other", key);
    const cookie = await cookieFor(key);
    expect(await list(cookie)).toEqual([200, "ok"]);
    await db.sql`update api_keys set revoked_at = now() where hash = ${hashOfKey(key)}`;
    expect(await list(cookie)).toEqual(refused);
  });

  it("ends with its key for a stream that is open, and no other stream", async () => {
    const key = "a key whose stream is cut";
    await both.addKey("other", key);
    const address = await locked.app.listen({ port: 0, host: "127.0.0.1" });
    const port = new URL(address).port;
    const open = async (apiKey: string) => {
      const cookie = (await cookieFor(apiKey)).replace("-4600=", `-${port}=`);
      const headers = { cookie, "sec-fetch-site": "same-origin" };
      return fetch(`${address}/api/events`, { headers });
    };
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const [mine, others] = [await open(key), await open(ownKey)];
    await db.sql`update api_keys set revoked_at = now() where hash = ${hashOfKey(key)}`;
    vi.advanceTimersByTime(60_000);
    const said = await mine.text();
    expect(said).toContain("event: ping");
    expect((await open(key)).status).toBe(401);
    vi.useRealTimers();
    await submit(db.sql, "pitch-deck");
    const reader = others.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    while (!heard.includes("event: change")) heard += (await reader?.read())?.value ?? "";
    await reader?.cancel();
  });

  it("ends when its key is taken out of the configuration", async () => {
    const key = "a key that is configured no longer";
    await both.addKey("default", key);
    const cookie = await cookieFor(key);
    expect(await list(cookie)).toEqual([200, "ok"]);
    await db.sql`update api_keys set label = 'configuration' where hash = ${hashOfKey(key)}`;
    expect(await list(cookie)).toEqual(refused);
  });

  it("cannot be made longer, moved to another key, or made up", async () => {
    const cookie = await cookieFor(otherKey);
    const [name, keyId = "", until = "", seal = ""] = cookie.split(/[=.]/);
    const ids = await db.sql<{ id: string }[]>`select id::text from api_keys`;
    const foreign = ids.map(({ id }) => id).filter((id) => id !== keyId);
    expect(foreign.length).toBeGreaterThan(0);
    for (const forged of [
      `${name}=${keyId}.${Number(until) + 1}.${seal}`,
      ...foreign.map((id) => `${name}=${id}.${until}.${seal}`),
      `${name}=${keyId}.${until}.${"A".repeat(43)}`,
      `${name}=${keyId}.${until}.`,
      `${name}=${"9".repeat(18)}.${until}.${seal}`,
      `${name}=%00`,
      cookie.replace("4600", "4601"),
    ]) {
      expect([forged, await list(forged)]).toEqual([forged, refused]);
    }
    expect(await list(`other=1; ${cookie}; last=2`)).toEqual([200, "ok"]);
  });

  it("ends by itself after seven days", async () => {
    const clock = manualClock(Date.now());
    const access = createAccess({ ...locked.context, clock }, [ownKey]);
    const { session, expiresAtMs } = await access.signIn(ownKey);
    const caller = { key: "", session: session ?? "" };
    clock.advance(7 * 24 * 3_600_000 - 1);
    expect(await access.presenceOf(caller)).toEqual({
      ...{ keyNeeded: true, workspace: "default", expiresAtMs },
    });
    clock.advance(1);
    expect((await access.presenceOf(caller)).workspace).toBeNull();
    await expect(access.workspaceOf(caller, "-")).rejects.toThrow("A valid token is needed.");
  });

  it("counts for nothing beside a key that is sent", async () => {
    const cookie = await cookieFor(ownKey);
    const headers = { ...own, cookie };
    const answer = await call(locked.app, "GET", "/api/documents", { token: "wrong", headers });
    expect(stateOf(answer)).toEqual(refused);
  });

  it("is told, and ends with signing out", async () => {
    const cookie = await cookieFor(otherKey);
    expect((await get("/api/session", { cookie })).body).toMatchObject({ workspace: "other" });
    const left = await call(locked.app, "DELETE", "/api/session", { headers: { ...own, cookie } });
    expect(left.body).toEqual({ keyNeeded: true, workspace: null, expiresAt: null });
    expect(left.headers["set-cookie"]).toMatch(/^pilotlight-session-4600=; .*Max-Age=0$/);
    const nobody = await get("/api/session", {});
    expect(nobody.body).toEqual({ keyNeeded: true, workspace: null, expiresAt: null });
  });
});

describe("what another site's page makes a browser ask", () => {
  const elsewhere: readonly (readonly [string, Record<string, string>])[] = [
    ["a site beside ours", { "sec-fetch-site": "same-site" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port", { origin: "http://pilotlight.example:3000" }],
    ["a page without origin", { origin: "null" }],
  ];

  it.each(elsewhere)("is refused: %s", async (_title, headers) => {
    const cookie = await cookieFor(ownKey);
    for (const [method, url] of [
      ["GET", "/api/documents"],
      ["GET", "/api/events"],
      ["POST", "/api/documents/sample"],
      ["DELETE", "/api/session"],
    ] as const) {
      const answer = await call(locked.app, method, url, { headers: { host, cookie, ...headers } });
      expect([url, ...stateOf(answer)]).toEqual([url, 403, "FORBIDDEN"]);
    }
    expect(stateOf(await signIn(ownKey, { host, ...headers }))).toEqual([403, "FORBIDDEN"]);
  });

  it("is refused where a change names no origin, as no browser does", async () => {
    const cookie = await cookieFor(ownKey);
    const url = `/api/documents/${document}/cancel`;
    const answer = await call(locked.app, "POST", url, { headers: { host, cookie } });
    expect(stateOf(answer)).toEqual([403, "FORBIDDEN"]);
    expect(stateOf(await signIn(ownKey, { host }))).toEqual([403, "FORBIDDEN"]);
  });

  it.each([
    ["the page by plain HTTP", { origin: `http://${host}` }],
    ["the page behind a proxy", { "sec-fetch-site": "same-origin", host: "127.0.0.1:4600" }],
    ["an address typed", { "sec-fetch-site": "none" }],
  ])("is not: %s", async (_title, headers) => {
    const cookie = await cookieFor(ownKey);
    const answer = await call(locked.app, "GET", "/api/documents", {
      headers: { host, cookie, ...headers },
    });
    expect(answer.status).toBe(200);
  });
});

it("needs no session where there are no keys", async () => {
  const headers = { host: "localhost:4600", origin: "http://localhost:4600" };
  const told = { keyNeeded: false, workspace: "default", expiresAt: null };
  for (const method of ["GET", "DELETE"] as const) {
    expect((await call(open.app, method, "/api/session", { headers })).body).toEqual(told);
  }
  const answer = await call(open.app, "POST", "/api/session", {
    ...{ headers, body: { apiKey: ownKey } },
  });
  expect([answer.body, answer.headers["set-cookie"]]).toEqual([told, undefined]);
});

const hashAs = (encoding: string): string => hashOfKey(ownKey).toString(encoding as BufferEncoding);
