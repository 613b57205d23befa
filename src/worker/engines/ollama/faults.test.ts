import { describe, expect, it } from "vitest";
import { saidError } from "../model-common/faults.ts";
import { errorOfLine, errorOfStatus } from "./faults.ts";

describe("what the model server says", () => {
  it.each([
    [400, "the prompt is too long: 9000 tokens, 4096 fit", "MODEL_CONTEXT_OVERFLOW"],
    [400, "the input length exceeds the context length", "MODEL_CONTEXT_OVERFLOW"],
    [400, "request (9000 tokens) exceeds the available context size", "MODEL_CONTEXT_OVERFLOW"],
    [500, "input exceeds maximum context length and cannot be truncated", "MODEL_CONTEXT_OVERFLOW"],
    [400, "this model is missing data required for image input", "MODEL_NOT_VISION"],
    [400, "invalid format", "INTERNAL"],
    [404, "model 'llava:13b' not found", "MODEL_NOT_FOUND"],
    [499, "request cancelled", "MODEL_STREAM_BROKEN"],
    [500, "context deadline exceeded", "MODEL_LOAD_FAILED"],
    [500, "timed out waiting for llama runner to start", "MODEL_LOAD_FAILED"],
    [503, "server busy", "MODEL_BUSY"],
    [502, "<html>Bad gateway</html>", "ENGINE_UNREACHABLE"],
  ])("with %i: %s", (status, said, code) => {
    expect(errorOfStatus(status, JSON.stringify({ error: said })).code).toBe(code);
  });

  it("in a stream is told apart in the same way", () => {
    expect(errorOfLine("unexpected EOF").code).toBe("MODEL_STREAM_BROKEN");
    expect(errorOfLine("the prompt is too long").code).toBe("MODEL_CONTEXT_OVERFLOW");
  });

  it("is shown in part when it is a whole page", () => {
    expect(saidError(`<html>${"x".repeat(5_000)}`)).toHaveLength(300);
  });
});
