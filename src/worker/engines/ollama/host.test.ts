import { describe, expect, it } from "vitest";
import { AppError } from "../../../errors/app-error.ts";
import { fullName, ollamaUrl } from "./host.ts";

describe("the host of a model server", () => {
  it.each([
    [null, "http://127.0.0.1:11434/"],
    ["", "http://127.0.0.1:11434/"],
    ["  'gpu-box'  ", "http://gpu-box:11434/"],
    ["gpu-box:8080", "http://gpu-box:8080/"],
    ["gpu-box:80", "http://gpu-box/"],
    [":9000", "http://127.0.0.1:9000/"],
    ["0.0.0.0", "http://127.0.0.1:11434/"],
    ["0.0.0.0:9000", "http://127.0.0.1:9000/"],
    ["http://0.0.0.0:11434", "http://127.0.0.1:11434/"],
    ["::", "http://[::1]:11434/"],
    ["::1", "http://[::1]:11434/"],
    ["[::1]:9000", "http://[::1]:9000/"],
    ["http://gpu-box", "http://gpu-box/"],
    ["https://gpu-box", "https://gpu-box/"],
    ["https://gpu-box:8443/ollama", "https://gpu-box:8443/ollama/"],
    ["gpu-box/ollama", "http://gpu-box:11434/ollama/"],
  ])("reads %j as %s", (given, url) => {
    expect(ollamaUrl(given).href).toBe(url);
  });

  it.each(["ftp://gpu-box", "gpu box", "gpu-box:99999", "http://"])("refuses %j", (given) => {
    expect(() => ollamaUrl(given)).toThrow(AppError);
  });

  it("knows a model by its name with and without the tag", () => {
    expect(fullName("llava")).toBe(fullName("llava:latest"));
    expect(fullName("registry:5000/team/llava")).toBe("registry:5000/team/llava:latest");
    expect(fullName("llava:13b")).not.toBe(fullName("llava"));
  });
});
