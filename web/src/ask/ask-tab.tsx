import { useMutation } from "@tanstack/react-query";
import { MessageCircleQuestion } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { AskAnswer } from "../../../src/contract/ask.ts";
import { documentUrl, getJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { EvidenceList } from "../ui/evidence.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";

/** Asked of most decks; each is a question like any other. */
const usual = [
  "How much are they raising?",
  "Who are the founders?",
  "How large is the market?",
  "What clinical evidence is there?",
] as const;

/** Questions to this document alone. Nothing of them is kept, here or on the server. */
export function AskTab({ document }: { document: DocumentSummary }) {
  const id = useId();
  const [question, setQuestion] = useState("");
  const running = useRef<AbortController | null>(null);
  const asking = useMutation({
    mutationFn: (asked: string) => {
      running.current?.abort();
      const leave = new AbortController();
      running.current = leave;
      return getJson<AskAnswer>(`${documentUrl(document.id)}/ask`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ question: asked }),
        signal: leave.signal,
      });
    },
  });
  // Whoever leaves the page does not wait any more, and nobody works for them.
  useEffect(() => () => running.current?.abort(), []);
  const ask = (asked: string): void => {
    setQuestion(asked);
    if (asked.trim() !== "") asking.mutate(asked.trim());
  };
  const cancel = (): void => {
    running.current?.abort();
    asking.reset();
  };
  return (
    <Panel className="max-w-3xl p-4">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask(question);
        }}
      >
        <label htmlFor={id} className="font-medium">
          Ask this deck
        </label>
        <div className="mt-1.5 flex flex-wrap gap-2">
          <input
            id={id}
            required
            value={question}
            maxLength={500}
            onChange={({ target }) => setQuestion(target.value)}
            className="h-9 min-w-0 grow basis-60 rounded-md border border-line-strong bg-surface px-2.5"
          />
          <button type="submit" disabled={asking.isPending} className={buttonClass("primary")}>
            <MessageCircleQuestion aria-hidden="true" className="size-3.5" /> Ask
          </button>
          {asking.isPending && <Button onClick={cancel}>Cancel</Button>}
        </div>
      </form>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {usual.map((one) => (
          <li key={one}>
            <button
              type="button"
              onClick={() => ask(one)}
              className="min-h-7 rounded-full border border-line px-2.5 text-[13px] text-ink-2 hover:bg-sunken hover:text-ink"
            >
              {one}
            </button>
          </li>
        ))}
      </ul>
      <div role="status" className="mt-4">
        {asking.isPending && (
          <p className="text-ink-2">Reading the slides; this ends within a minute.</p>
        )}
        {asking.data !== undefined && <Told told={asking.data} />}
        {asking.isIdle && (
          <p className="text-[13px] text-ink-2">
            The answer comes from the slides of this document only, with quotes that lead to them.
            Where nothing supports an answer it says so.
          </p>
        )}
      </div>
      {asking.isError && <ProblemNotice problem={problemOf(asking.error)} />}
    </Panel>
  );
}

function Told({ told }: { told: AskAnswer }) {
  return (
    <div className="space-y-3 border-t border-line pt-3">
      <p className="text-[13px] text-ink-2">{told.question}</p>
      <p className="font-medium break-words whitespace-pre-line">
        {told.answer ?? "The deck does not say."}
      </p>
      <EvidenceList
        document={told.document}
        evidence={told.quotes.map((quote) => ({ ...quote, grounded: true }))}
      />
      {[
        ...told.notes,
        ...(told.complete ? [] : ["It is still being read; later it may say more."]),
      ].map((note) => (
        <p key={note} className="text-[13px] text-warn">
          {note}
        </p>
      ))}
      <p className="text-xs text-ink-3">{engineWords(told)}</p>
    </div>
  );
}

function engineWords({ engine, from }: AskAnswer): string {
  if (engine.name !== "built_in") {
    return `Answered by ${engine.model ?? engine.name}; every quote was found on its slide.`;
  }
  const places = {
    field: "From a field that was read and checked against the slides.",
    template: "From the answer to a question of the template.",
    slides: "The lines that share most words with the question.",
    model: "",
  };
  return `${places[from]} The built-in rules match words; they do not understand them.`;
}
