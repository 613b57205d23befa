import { CopyButton } from "../ui/copy-button.tsx";
import { Panel } from "../ui/panel.tsx";
import type { Known } from "./known.ts";
import { commandOf } from "./plan.ts";
import type { WhatIfSearch } from "./search.ts";

/** Where the figures come from, what the simulator leaves out, and the same on the command line. */
export function Assumptions({ known, search }: { known: Known; search: WhatIfSearch }) {
  return (
    <Panel className="space-y-3 p-3">
      <div>
        <h2 className="font-semibold">Where this comes from</h2>
        <p className="text-ink-2">
          Work: {known.setting.service.source}. Cold starts: {coldStartWords(known)}.
          {known.assumed.length > 0 && ` Assumed, not learned: ${known.assumed.join("; ")}.`}
        </p>
        <p className="text-ink-2">
          The scaler, its policies and the queue are the installation's own code. Time, work and
          machines are drawn by chance: uploads that come at random know no office hours, work does
          not slow down beside other work, and machines are always to be had. How long a replica is
          kept warm counts for policies that go by the configuration; others decide it themselves.
        </p>
      </div>
      <div>
        <h2 className="font-semibold">The same on the command line</h2>
        {(["a", "b"] as const).map((which) => {
          const command = commandOf(which, search, known);
          return (
            <p key={which} className="flex items-start gap-2">
              <span className="font-medium">{which.toUpperCase()}</span>
              <code className="min-w-0 grow font-mono text-xs leading-6 break-all">{command}</code>
              <CopyButton text={command} what={`the command of ${which.toUpperCase()}`} />
            </p>
          );
        })}
      </div>
    </Panel>
  );
}

const coldStartWords = ({ setting }: Known): string =>
  setting.coldStarts.name === "own" ? "this installation's own" : "assumed, up to 180 s and 240 s";
