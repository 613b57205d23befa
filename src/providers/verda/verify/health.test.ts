import { expect, it } from "vitest";
import { createHealth } from "./health.ts";

const asked: { url: string; init: RequestInit }[] = [];
const answering = (answer: () => Response) =>
  createHealth(async (url, init) => {
    asked.push({ url, init });
    return answer();
  }, "dc_key");

it("asks the container with the key, and takes 200 alone for well", async () => {
  expect(await answering(() => new Response("ok"))("https://containers.invalid/a/")).toBe(true);
  expect(asked[0]?.url).toBe("https://containers.invalid/a/api/health");
  expect(asked[0]?.init.headers).toEqual({ authorization: "Bearer dc_key" });
  const starting = answering(() => new Response("", { status: 503 }));
  expect(await starting("https://containers.invalid/a")).toBe(false);
});

it("takes no answer for a no, and sends the key nowhere in the clear", async () => {
  const broken = answering(() => {
    throw new TypeError("fetch failed");
  });
  expect(await broken("https://containers.invalid/a")).toBe(false);
  const before = asked.length;
  expect(await answering(() => new Response("ok"))("http://containers.invalid/a")).toBe(false);
  expect(asked).toHaveLength(before);
});
