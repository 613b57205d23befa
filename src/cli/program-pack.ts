import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `pack` and what it can do. */
export function addPackCommands(program: Command, run: Runner): void {
  const pack = withFlags(program.command("pack"))
    .description("prompts, schemas and templates: look at, edit and choose versions")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight pack ls", "pilotlight pack edit pitch-deck --note 'shorter answers'"),
    );
  addLooking(pack, run);
  addEditing(pack, run);
  addChoosing(pack, run);
}

function addLooking(pack: Command, run: Runner): void {
  withFlags(pack.command("ls [name]"))
    .description("packs, or the versions of one, newest first")
    .addHelpText("after", examples("pilotlight pack ls", "pilotlight pack ls pitch-deck --json"))
    .action((name, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-look.ts")).packLs(context, name),
      ),
    );
  withFlags(pack.command("show <pack>"))
    .description("one version, its tasks and files; unless said, the active one")
    .option("--part <path>", "print one file, such as prompts/extractions.md")
    .addHelpText(
      "after",
      examples(
        "pilotlight pack show pitch-deck",
        "pilotlight pack show pitch-deck@2 --part prompts/clinical.md",
      ),
    )
    .action((word, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-look.ts")).packShow(context, word, options),
      ),
    );
  withFlags(pack.command("diff <pack> [from] [to]"))
    .description("what differs, file by file; unless said, active to newest")
    .addHelpText(
      "after",
      examples("pilotlight pack diff pitch-deck 1 3", "pilotlight pack diff pitch-deck@3"),
    )
    .action((word, from, to, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-look.ts")).packDiff(context, word, from, to),
      ),
    );
  withFlags(pack.command("check <folder>"))
    .description("read a folder as a start would, and say all that is wrong with it")
    .addHelpText(
      "after",
      examples("pilotlight pack check packs/pitch-deck", "pilotlight pack check my-pack --json"),
    )
    .action((folder, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-look.ts")).packCheck(context, folder),
      ),
    );
  withFlags(pack.command("export <pack> <folder>"))
    .description("write a version's files into a new folder")
    .addHelpText(
      "after",
      examples(
        "pilotlight pack export pitch-deck my-pack",
        "pilotlight pack export pitch-deck@2 /tmp/old",
      ),
    )
    .action((word, folder, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-look.ts")).packExport(context, word, folder),
      ),
    );
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function addEditing(pack: Command, run: Runner): void {
  withFlags(pack.command("edit <pack>"))
    .description("make a draft from a version, in $EDITOR or without one")
    .option("--from <folder>", "take the files of this folder instead")
    .option("--set <part=@file>", "change one file of it, such as prompts/x.md=@new.md", collect)
    .option("--note <text>", "why, for those who read the list")
    .option("--activate", "let it in at once")
    .addHelpText(
      "after",
      examples(
        "EDITOR='code --wait' pilotlight pack edit pitch-deck",
        "pilotlight pack edit pitch-deck --set prompts/clinical.md=@new.md",
      ),
    )
    .action((word, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-edit.ts")).packEdit(context, word, options),
      ),
    );
  withFlags(pack.command("import <folder>"))
    .description("keep a folder as a draft of the pack it names; that may be a new one")
    .option("--note <text>", "why, for those who read the list")
    .option("--activate", "let it in at once")
    .addHelpText(
      "after",
      examples(
        "pilotlight pack import my-pack --activate",
        "pilotlight pack import my-pack --note 'for term sheets'",
      ),
    )
    .action((folder, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-edit.ts")).packImport(context, folder, options),
      ),
    );
}

function addChoosing(pack: Command, run: Runner): void {
  withFlags(pack.command("activate <pack>"))
    .description("run new documents with NAME@VERSION; pipelines at work keep theirs")
    .addHelpText(
      "after",
      examples(
        "pilotlight pack activate pitch-deck@3",
        "pilotlight pack activate pitch-deck@3 --json",
      ),
    )
    .action((word, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-choose.ts")).packActivate(context, word),
      ),
    );
  withFlags(pack.command("rollback <pack>"))
    .description("go back to the version before the active one, or to NAME@VERSION")
    .addHelpText(
      "after",
      examples("pilotlight pack rollback pitch-deck", "pilotlight pack rollback pitch-deck@1"),
    )
    .action((word, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/pack-choose.ts")).packRollback(context, word),
      ),
    );
}
