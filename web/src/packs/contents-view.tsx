import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { durationWords } from "../lib/format.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { packContentQuery } from "./queries.ts";
import type { PackContent, PackOutline } from "./types.ts";
import { fileWords, sortedFiles, stepWords, taskWords } from "./words.ts";

const route = getRouteApi("/packs/$name");

/** A version as a person reads it: tasks in their order, prompts, questions, fields. */
export function ContentsView({ name, version }: { name: string; version: number }) {
  const query = useQuery(packContentQuery(name, version));
  return (
    <AsyncPanel query={query} what="what is in it">
      {(content) => <Contents content={content} />}
    </AsyncPanel>
  );
}

function Contents({ content }: { content: PackContent }) {
  const { outline, files } = content;
  const paths = sortedFiles(Object.keys(files));
  const of = (part: string): string[] => paths.filter((path) => path.startsWith(part));
  return (
    <div className="space-y-5">
      <TaskTable content={content} />
      <Section title="Prompts">
        {of("prompts/").map((path) => (
          <FileDetails key={path} content={content} path={path}>
            <Text text={files[path] ?? ""} />
          </FileDetails>
        ))}
      </Section>
      {outline.templates.length > 0 && (
        <Section title="Templates: questions a document is held against">
          {outline.templates.map((template) => (
            <FileDetails
              key={template.path}
              content={content}
              path={template.path}
              title={template.title}
              hint={questionsWords(template)}
            >
              <Template template={template} />
            </FileDetails>
          ))}
        </Section>
      )}
      {outline.fields.length > 0 && (
        <Section title="Fields that are read">
          {outline.fields.map((set) => (
            <FileDetails
              key={set.path}
              content={content}
              path={set.path}
              title={set.title}
              hint={`${set.fields.length} fields`}
            >
              <FieldTable fields={set.fields} title={set.title} />
            </FileDetails>
          ))}
        </Section>
      )}
      <Section title="Schemas and the rest">
        {paths
          .filter((path) => /^(schemas\/|calibration|pack\.yaml)/.test(path))
          .map((path) => (
            <FileDetails key={path} content={content} path={path}>
              <Text text={files[path] ?? ""} />
            </FileDetails>
          ))}
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-2">
      <h2 className="font-semibold">{title}</h2>
      <Panel className="divide-y divide-line">{children}</Panel>
    </section>
  );
}

function FileDetails({
  content,
  path,
  title = fileWords(path),
  hint,
  children,
}: {
  content: PackContent;
  path: string;
  title?: string;
  hint?: string;
  children: ReactNode;
}) {
  const { file } = route.useSearch();
  const isAsked = file === path;
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isAsked) details.current?.scrollIntoView({ block: "nearest" });
  }, [isAsked]);
  return (
    <details ref={details} open={isAsked} className="scroll-mt-16">
      <summary className="min-h-9 px-3 py-2 hover:bg-sunken">
        <span className="font-medium">{title}</span>{" "}
        {hint !== undefined && <span className="text-[13px] text-ink-2">{hint}</span>}
      </summary>
      <div className="space-y-2 px-3 pb-3">
        <p className="flex flex-wrap gap-x-3 text-[13px]">
          <span className="font-mono text-xs break-all text-ink-2">{path}</span>
          <Link
            to="/packs/$name"
            params={{ name: content.name }}
            search={{ view: "edit", version: content.version, file: path }}
            resetScroll={false}
            className="inline-flex min-h-6 items-center text-accent-ink underline"
          >
            Edit<span className="sr-only"> {path}</span>
          </Link>
        </p>
        {children}
      </div>
    </details>
  );
}

const Text = ({ text }: { text: string }) => (
  <p className="rounded-md bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap">
    {text}
  </p>
);

function TaskTable({ content }: { content: PackContent }) {
  const { outline } = content;
  return (
    <section className="space-y-2">
      <h2 className="font-semibold">
        Tasks{" "}
        <span className="font-normal text-ink-2">
          of a document of at most {outline.slidesMax} pages
        </span>
      </h2>
      <Panel className="divide-y divide-line">
        <ol>
          {outline.tasks.map((task) => (
            <TaskRow key={task.name} task={task} content={content} />
          ))}
        </ol>
      </Panel>
    </section>
  );
}

function TaskRow({ task, content }: { task: PackOutline["tasks"][number]; content: PackContent }) {
  const reads = [...task.prompts, ...task.templates, ...task.fields];
  return (
    <li className="space-y-1 border-line px-3 py-2.5 not-first:border-t">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{stepWords(task.step)}</span>
        <span className="font-mono text-xs break-all text-ink-2">{task.name}</span>
        <Badge>{task.pool}</Badge>
        <span className="text-[13px] text-ink-2">
          {task.after.length === 0 ? "at once" : `after ${task.after.map(taskWords).join(", ")}`},
          within {durationWords(task.timeoutSeconds)}, {task.attempts} tries, {task.weight} % of the
          bar
        </span>
      </p>
      {reads.length > 0 && (
        <p className="flex flex-wrap gap-x-3 text-[13px]">
          {reads.map((path) => (
            <Link
              key={path}
              to="/packs/$name"
              params={{ name: content.name }}
              search={{ version: content.version, file: path }}
              resetScroll={false}
              className="inline-flex min-h-6 items-center text-accent-ink underline"
            >
              {fileWords(path)}
            </Link>
          ))}
        </p>
      )}
    </li>
  );
}

function questionsWords({ chapters }: PackOutline["templates"][number]): string {
  const count = chapters.reduce((sum, { questions }) => sum + questions.length, 0);
  return `${chapters.length} chapters, ${count} questions`;
}

function Template({ template }: { template: PackOutline["templates"][number] }) {
  return (
    <div className="space-y-3">
      {template.extends !== null && (
        <p className="text-[13px] text-ink-2">Its chapters come on top of “{template.extends}”.</p>
      )}
      {template.chapters.map((chapter) => (
        <div key={chapter.title}>
          <h3 className="text-[13px] font-medium">
            {chapter.title} <span className="font-normal text-ink-2">weight {chapter.weight}</span>
          </h3>
          <ol className="list-decimal pl-5 text-[13px]">
            {chapter.questions.map((question) => (
              <li key={question}>{question}</li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

function FieldTable({
  fields,
  title,
}: {
  fields: PackOutline["fields"][number]["fields"];
  title: string;
}) {
  const cell = "py-1.5 pr-3 align-top";
  return (
    <table className="w-full text-left text-[13px]">
      <caption className="sr-only">{title}</caption>
      <thead className="text-xs text-ink-2">
        <tr>
          <th scope="col" className="pr-3 font-medium">
            Field
          </th>
          <th scope="col" className="pr-3 font-medium">
            What is asked for
          </th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name} className="border-t border-line">
            <th scope="row" className={`${cell} font-medium`}>
              {field.title}
              <span className="block text-xs font-normal text-ink-2">
                {field.type}
                {field.required ? ", required" : ""}
              </span>
            </th>
            <td className={`${cell} break-words`}>
              {field.description}
              {field.choices.length > 0 && (
                <span className="block text-ink-2">One of: {field.choices.join(", ")}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
