/**
 * A leadership in a process of its own: told its database and name as JSON in its argument. Says a line of
 * JSON at each gain and loss, and one for each line it is asked with. Ends with its standard input.
 */
import { createInterface } from "node:readline";
import { connectLeader } from "../../src/db/leader.ts";
import { createLeadership } from "../../src/services/leader.ts";
import { createLog } from "../../src/telemetry/log.ts";

const { url, holder } = JSON.parse(process.argv[2] ?? "") as { url: string; holder: string };
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const leadership = createLeadership(
  { log: createLog({ name: "leader", level: "silent", destination: 2 }) },
  {
    connectDirect: () => connectLeader(url),
    holder,
    onGained: async (term) => say({ gained: term }),
    onLost: async () => say({ lost: true }),
  },
);
createInterface({ input: process.stdin })
  .on("line", () => say({ isLeader: leadership.isLeader() }))
  .on("close", () => process.exit(0));
await leadership.start();
