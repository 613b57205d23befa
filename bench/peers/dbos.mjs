/**
 * DBOS. A pipeline is one workflow whose tasks are steps: all of it runs in the process that took the
 * workflow from the queue, so a task cannot be sent to a worker of its own kind.
 */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { enqueueWorkflows, prepareEnqueuedWorkflow } from "@dbos-inc/dbos-sdk/eventreceiver";
import { compete, inGroups, poolSize } from "./harness.mjs";
import { tasks } from "./tracker.mjs";

const queueName = "pipelines";

/** Documented defaults, and the shortest polling with submission in batches. Every step is a commit. */
const configs = {
  default: { queue: {}, submitSize: 1 },
  best: { queue: { minPollingIntervalMs: 20, workerConcurrency: 64 }, submitSize: 500 },
};

const quiet = () => undefined;

await compete("dbos", async ({ url, config, batch, tracker }) => {
  const { queue, submitSize } = configs[config];
  const runTask = (p, t) => DBOS.runStep(async () => tracker.handle(p, t), { name: tasks[t] });
  const pipeline = DBOS.registerWorkflow(
    async (p) => {
      const beside = runTask(p, 1);
      await runTask(p, 0);
      await runTask(p, 2);
      await Promise.all([beside, runTask(p, 3), runTask(p, 4), runTask(p, 5)]);
      for (const _ of tasks) tracker.commit(p);
    },
    { name: "pipeline" },
  );
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: url,
    systemDatabasePoolSize: poolSize,
    logger: { info: quiet, debug: quiet, warn: quiet, error: (entry) => console.error(entry) },
  });
  await DBOS.launch();
  await DBOS.registerQueue(queueName, queue);
  const idOf = (p) => `pipeline-${p}`;
  const submitOne = async (p) => {
    await DBOS.startWorkflow(pipeline, { workflowID: idOf(p), queueName })(p);
  };
  const submitMany = async (pipelines) => {
    const prepare = (p) =>
      prepareEnqueuedWorkflow(pipeline, [p], { queueName, workflowID: idOf(p) });
    await enqueueWorkflows(await Promise.all(pipelines.map(prepare)));
  };
  return {
    submit: (first, count) =>
      submitSize === 1
        ? inGroups(first, count, 1, 8, ([p]) => submitOne(p))
        : inGroups(first, count, Math.max(batch, submitSize), 2, submitMany),
    closed: (count) => tracker.whenClosed(count),
    stop: () => DBOS.shutdown(),
    results: `
      select substr(workflow_uuid, 10)::int,
        array_position(array[${tasks.map((name) => `'${name}'`)}], function_name) - 1,
        started_at_epoch_ms, completed_at_epoch_ms
      from dbos.operation_outputs`,
  };
});
