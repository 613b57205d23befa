import { z } from "zod";
import { byWhom, instant } from "./common.ts";

export const packStates = ["draft", "active", "retired"] as const;
export const packSources = ["folder", "edit", "import"] as const;

export const packName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** Which version made a result; `hash`: the first eight digits of its content's SHA-256. */
export const packRef = z
  .object({ name: z.string(), version: z.int(), hash: z.string() })
  .meta({ id: "PackRef" });

export const packVersionView = z
  .object({
    name: z.string(),
    version: z.int(),
    title: z.string(),
    /** Of its content: SHA-256 in hex, and the eight digits that results name. */
    contentHash: z.string(),
    hash: z.string(),
    state: z.enum(packStates),
    /** `folder`: read at a start. `edit`, `import`: sent by somebody. */
    source: z.enum(packSources),
    by: z.string().nullable(),
    at: instant,
    note: z.string().nullable(),
    /** The version it was made from. */
    parent: z.int().nullable(),
    activatedAt: instant.nullable(),
    /** `start`: a control plane did. */
    activatedBy: z.string().nullable(),
    /** The version it took the place of: where a rollback goes. */
    replaced: z.int().nullable(),
    tasks: z.array(z.string()),
    /** Pipelines that are at work with it now. */
    running: z.int(),
    /** Pipelines that were ever started with it and are still known. */
    documents: z.int(),
  })
  .meta({ id: "PackVersion" });
export type PackVersionView = z.infer<typeof packVersionView>;

export const packList = z
  .object({
    packs: z.array(
      z.object({
        name: z.string(),
        /** null: nothing of it can be run without naming a version. */
        active: packVersionView.nullable(),
        newest: z.int(),
        drafts: z.int(),
      }),
    ),
  })
  .meta({ id: "PackList" });
export type PackList = z.infer<typeof packList>;

/** Newest first. */
export const packVersions = z
  .object({ name: z.string(), versions: z.array(packVersionView) })
  .meta({ id: "PackVersions" });
export type PackVersions = z.infer<typeof packVersions>;

/** Text of a pack's files by their path within it. */
export const packFiles = z
  .record(z.string().regex(/^[a-z_]+(?:\.yaml|\/[a-z0-9_]+\.(?:md|json|yaml))$/), z.string())
  .meta({ id: "PackFiles" });

export const packTrial = z
  .object({
    /** Tasks that may run at the same time, in the order in which they become ready. */
    order: z.array(z.array(z.string())),
    tasks: z.array(
      z.object({
        task: z.string(),
        step: z.string(),
        pool: z.string(),
        features: z.array(z.string()),
        prompts: z.array(z.string()),
      }),
    ),
    /** What would wait for ever in this installation as it is configured. */
    warnings: z.array(z.string()),
  })
  .meta({ id: "PackTrial" });
export type PackTrialView = z.infer<typeof packTrial>;

/** A pack as a person reads it; prompts are named by their file. */
export const packOutline = z
  .object({
    slidesMax: z.int(),
    tasks: z.array(
      z.object({
        name: z.string(),
        step: z.string(),
        layer: z.int(),
        pool: z.string(),
        after: z.array(z.string()),
        /** Share of the progress bar, of 100. */
        weight: z.number(),
        timeoutSeconds: z.number(),
        attempts: z.int(),
        bySlide: z.boolean(),
        prompts: z.array(z.string()),
        templates: z.array(z.string()),
        fields: z.array(z.string()),
      }),
    ),
    templates: z.array(
      z.object({
        path: z.string(),
        title: z.string(),
        /** The template whose chapters these add to. */
        extends: z.string().nullable(),
        chapters: z.array(
          z.object({ title: z.string(), weight: z.number(), questions: z.array(z.string()) }),
        ),
      }),
    ),
    fields: z.array(
      z.object({
        path: z.string(),
        title: z.string(),
        fields: z.array(
          z.object({
            name: z.string(),
            title: z.string(),
            type: z.string(),
            required: z.boolean(),
            description: z.string(),
            choices: z.array(z.string()),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "PackOutline" });
export type PackOutline = z.infer<typeof packOutline>;

export const packContent = packVersionView
  .extend({ files: packFiles, trial: packTrial, outline: packOutline })
  .meta({ id: "PackContent" });
export type PackContent = z.infer<typeof packContent>;

export const packDiffQuery = z.object({
  /** Absent: the active version. */
  from: z.coerce.number().int().min(1).optional(),
  /** Absent: the newest version. */
  to: z.coerce.number().int().min(1).optional(),
});
export const packDiff = z
  .object({
    name: z.string(),
    from: z.int(),
    to: z.int(),
    /** Files that differ, each with its unified diff. */
    parts: z.array(
      z.object({
        path: z.string(),
        change: z.enum(["added", "removed", "changed"]),
        patch: z.string(),
      }),
    ),
  })
  .meta({ id: "PackDiff" });
export type PackDiff = z.infer<typeof packDiff>;

const by = byWhom.default("operator");
const note = z.string().trim().min(1).max(2000).nullable().default(null);

export const packDraftBody = z
  .object({
    files: packFiles,
    note,
    by,
    source: z.enum(["edit", "import"]).default("edit"),
    /** The version it was made from. */
    parent: z.int().min(1).nullable().default(null),
    /** The newest version when the change was begun: with a newer one, nothing is kept. null: nobody looked. */
    seen: z.int().min(1).nullable().default(null),
  })
  .meta({ id: "PackDraft" });
export type PackDraftBody = z.input<typeof packDraftBody>;

export const packDraftAnswer = z
  .object({
    version: packVersionView,
    /** This content was stored before: nothing was made. */
    existing: z.boolean(),
    trial: packTrial,
  })
  .meta({ id: "PackDrafted" });
export type PackDraftAnswer = z.infer<typeof packDraftAnswer>;

export const packCheckBody = z.object({ files: packFiles }).meta({ id: "PackCheck" });
export const packCheckAnswer = z
  .object({
    valid: z.boolean(),
    /** All that is wrong, each with its file and key. */
    problems: z.array(
      z.object({
        path: z.string(),
        message: z.string(),
        file: z.string(),
        /** From 1; null: the file as a whole. */
        line: z.int().nullable(),
      }),
    ),
    /** null: it is not valid. */
    trial: packTrial.nullable(),
  })
  .meta({ id: "PackChecked" });
export type PackCheckAnswer = z.infer<typeof packCheckAnswer>;

export const packActivateBody = z
  .object({ version: z.int().min(1), by })
  .meta({ id: "PackActivation" });
export type PackActivateBody = z.input<typeof packActivateBody>;
export const packRollbackBody = z
  .object({
    /** Absent: the version that the active one took the place of. */
    version: z.int().min(1).optional(),
    /** The version that was seen active: where another one is by now, nothing is done. Absent: nobody looked. */
    seen: z.int().min(1).optional(),
    by,
  })
  .meta({ id: "PackRollback" });
export type PackRollbackBody = z.input<typeof packRollbackBody>;

export const packActivated = z
  .object({
    version: packVersionView,
    /** The version that was active before; null: none was. */
    before: z.int().nullable(),
    warnings: z.array(z.string()),
  })
  .meta({ id: "PackActivated" });
export type PackActivated = z.infer<typeof packActivated>;
