/**
 * The first process of an image: the container and, where PILOTLIGHT_MODEL_SERVER names one, a model server
 * beside it. Exit codes: the container's (see main.ts), 2 wrong start parameters, 3 the model server died
 * too often. Nothing is imported before the signals are listened to: the system throws those away that a
 * first process does not listen to.
 */
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());

const { runContainer } = await import("./supervise/run-container.ts");
const say = (line: string): void => void process.stdout.write(`${line}\n`);
// Nobody may listen: that must not end the container.
process.stdout.on("error", () => undefined);
process.exit(await runContainer(process.env, say, stop.signal));

export {};
