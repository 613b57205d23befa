import { describe, expect, it } from "vitest";
import { isLoopback, readSettings, tasksOf } from "./settings.ts";

describe("start parameters", () => {
  it("need no more than the pool, and have the documented defaults", () => {
    expect(readSettings({ PILOTLIGHT_POOL: "vision" })).toMatchObject({
      replica: 1,
      controlUrl: null,
      host: "127.0.0.1",
      port: 0,
      engine: "extractive",
      slots: 2,
      maxPipelines: 3,
      drainMs: 25_000,
      askedDrainMs: 1_800_000,
      run: null,
      modelSlots: "own",
      requireGpu: false,
    });
    expect(readSettings({ PILOTLIGHT_POOL: "text" }).slots).toBe(3);
  });

  it("count an empty variable as absent", () => {
    const env = { PILOTLIGHT_POOL: "text", PILOTLIGHT_CONTROL_URL: "", PILOTLIGHT_SLOTS: "" };
    expect(readSettings(env)).toMatchObject({ controlUrl: null, slots: 3 });
  });

  it("name the run, the GPU that must be there and who grants calls", () => {
    const env = {
      PILOTLIGHT_POOL: "vision",
      PILOTLIGHT_RUN: "4711",
      PILOTLIGHT_REQUIRE_GPU: "1",
      PILOTLIGHT_MODEL_SLOTS: "parent",
    };
    const wanted = { run: 4711, requireGpu: true, modelSlots: "parent" };
    expect(readSettings(env)).toMatchObject(wanted);
  });

  it("lose the slash at the end of an address", () => {
    const env = {
      PILOTLIGHT_POOL: "text",
      PILOTLIGHT_CONTROL_URL: "http://127.0.0.1:4600/",
      PILOTLIGHT_REGISTRATION_TOKEN: "t",
    };
    expect(readSettings(env).controlUrl).toBe("http://127.0.0.1:4600");
  });

  it.each([
    [{}, "PILOTLIGHT_POOL"],
    [{ PILOTLIGHT_POOL: "gpu" }, "PILOTLIGHT_POOL"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_SLOTS: "0" }, "PILOTLIGHT_SLOTS"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_RUN: "first" }, "PILOTLIGHT_RUN"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_REQUIRE_GPU: "yes" }, "PILOTLIGHT_REQUIRE_GPU"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_PORT: "http" }, "PILOTLIGHT_PORT"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_CONTROL_URL: "localhost" }, "PILOTLIGHT_CONTROL_URL"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_CONTROL_URL: "http://c" }, "REGISTRATION_TOKEN"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_HOST: "0.0.0.0" }, "PILOTLIGHT_CONTAINER_TOKEN"],
    [{ PILOTLIGHT_POOL: "text", PILOTLIGHT_ENGINE: "ollama" }, "PILOTLIGHT_MODEL"],
  ])("%o are refused with CONFIG_INVALID naming %s", (env, name) => {
    expect(() => readSettings(env)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => readSettings(env)).toThrow(name);
  });

  it("are refused all together, and without the values of secrets", () => {
    const env = {
      PILOTLIGHT_POOL: "x",
      PILOTLIGHT_PORT: "-1",
      PILOTLIGHT_CONTAINER_TOKEN: "short",
    };
    expect(() => readSettings(env)).toThrow(/POOL.*CONTAINER_TOKEN.*PORT/);
    expect(() => readSettings(env)).not.toThrow(/short/);
  });
});

describe("loopback", () => {
  it.each(["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(["0.0.0.0", "10.0.0.1", "::", "127.evil.example", "localhost.evil.example", ""])(
    "is not %s",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe("pools", () => {
  it("a shared container serves what vision and text serve together", () => {
    expect(tasksOf("shared")).toEqual([...tasksOf("vision"), ...tasksOf("text")]);
  });
});
