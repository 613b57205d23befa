import { type Command, Help } from "commander";

/** Commands below the headings under which somebody looks for them. */
const commandGroups: Readonly<Record<string, readonly string[]>> = {
  "Read decks:": [
    ...["run", "submit", "watch", "status", "results", "ls", "batch", "open"],
    ...["retry", "rerun", "cancel", "rm"],
  ],
  "Look across decks:": ["portfolio", "search", "ask", "compare", "versions", "review"],
  "Operate:": ["up", "worker", "fleet", "failures", "why", "logs", "doctor", "verify", "db"],
  "Costs and promises:": ["cost", "slo", "rollout", "simulate", "plan", "tune"],
  "How decks are read:": ["pack", "eval", "cache"],
  "This program:": ["config", "auth", "completion", "complete", "api", "version"],
};

export const everywhere = "Options of every command:";

/** Only the first help shows what all commands have; theirs shows what is their own. */
const beyond = ({ command }: { readonly command: Command }): string =>
  command.parent === null
    ? ""
    : "\nOptions of every command, such as --json and --url: pilotlight --help";

/** Before commands are added: they take over how help is written. */
export function shapeHelp(program: Command): Command {
  const plain = new Help();
  return program
    .configureHelp({
      visibleOptions: (command) =>
        plain
          .visibleOptions(command)
          .filter(
            ({ helpGroupHeading }) => command.parent === null || helpGroupHeading !== everywhere,
          ),
      subcommandTerm: (command) => plain.subcommandTerm(command).replace(" [options]", ""),
      visibleCommands: (command) => plain.visibleCommands(command).toSorted(byPlace),
      groupItems: (all, visible, groupOf) =>
        new Map([...plain.groupItems(all, visible, groupOf)].sort(byHeading)),
    })
    .addHelpText("afterAll", beyond);
}

/** After all commands are added. Throws for one that has no place. */
export function groupCommands(program: Command): void {
  for (const command of program.commands) command.helpGroup(headingOf(command.name()));
}

function headingOf(name: string): string {
  const found = Object.entries(commandGroups).find(([, names]) => names.includes(name));
  if (found === undefined) throw new Error(`${name} has no place in the help.`);
  return found[0];
}

const places = Object.values(commandGroups).flat();
const byPlace = (a: Command, b: Command): number =>
  a.parent?.parent ? 0 : places.indexOf(a.name()) - places.indexOf(b.name());

const headings = ["Options:", everywhere, ...Object.keys(commandGroups)];
const byHeading = ([a]: [string, unknown], [b]: [string, unknown]): number =>
  headings.indexOf(a) - headings.indexOf(b);
