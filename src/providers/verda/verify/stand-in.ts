/**
 * A program in place of the worker, in the worker's own image: it answers every request with 200 and
 * ignores SIGTERM. So the time until it is gone is the grace that the provider gives.
 */
const program = [
  'process.on("SIGTERM",()=>console.log("pilotlight verify: SIGTERM",new Date().toISOString()))',
  'require("node:http").createServer((q,s)=>s.end("ok")).listen(process.env.PORT,"0.0.0.0")',
].join(";");

/** What differs from the ordinary container. It gets no secret. */
export const standIn = (port: number): object => ({
  env: [
    { type: "plain", name: "PORT", value_or_reference_to_secret: String(port) },
    { type: "plain", name: "PILOTLIGHT_STAND_IN", value_or_reference_to_secret: "1" },
  ],
  entrypoint_overrides: { enabled: true, entrypoint: ["node"], cmd: ["-e", program] },
});
