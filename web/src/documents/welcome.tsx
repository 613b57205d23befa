import { ClipboardCheck, Images, Microscope } from "lucide-react";
import { Panel } from "../ui/panel.tsx";
import { FileButton } from "./file-button.tsx";
import { SampleButton } from "./sample-button.tsx";

const outcomes = [
  {
    Icon: Images,
    title: "Every slide, read",
    words: "Text, what is to be seen, and what to mend: why it matters and how.",
  },
  {
    Icon: ClipboardCheck,
    title: "The facts and seven chapters",
    words: "Name, offering, sector, the ask and the date; questions scored from 0 to 5.",
  },
  {
    Icon: Microscope,
    title: "Clinical, regulatory, science",
    words: "Claims with the slide and the words they stand on, and the proof that is missing.",
  },
] as const;

/** The list before the first document: what comes out, and three ways in. */
export function Welcome() {
  return (
    <Panel className="px-5 py-10 sm:px-10">
      <div className="mx-auto max-w-3xl">
        <h2 className="text-xl font-semibold tracking-tight">Drop a pitch deck anywhere here</h2>
        <p className="mt-1 text-ink-2">
          A container starts, reads it slide by slide, and stops. You watch it happen.
        </p>
        <div className="mt-5 flex flex-wrap items-center gap-2">
          <FileButton />
          <SampleButton />
        </div>
        <p className="mt-3 text-[13px] text-ink-2">
          Or from a terminal:{" "}
          <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs text-ink">
            ./pilotlight run deck.pdf
          </code>
        </p>
        <ul className="mt-8 grid gap-5 border-t border-line pt-6 sm:grid-cols-3">
          {outcomes.map(({ Icon, title, words }) => (
            <li key={title}>
              <Icon aria-hidden="true" className="size-5 text-accent" />
              <p className="mt-2 font-medium">{title}</p>
              <p className="mt-0.5 text-[13px] text-ink-2">{words}</p>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
