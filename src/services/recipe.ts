import { contentHashOf } from "../packs/content-hash.ts";
import { taskPackOf } from "../packs/pack.ts";
import type { PackService } from "./packs.ts";

/** Who reads a page: the engine as it registered, and the code and weights it says. */
export interface Reads {
  readonly engine: { readonly name: string; readonly model: string | null };
  /** null: not said. What is read then is kept for its own pipeline only. */
  readonly reader: string | null;
}

/** What decides, beside the document, what comes out for a slide. Equal recipes: the same reading. */
export interface Recipes {
  /** `PACK-CONTENT/TASK/ENGINE[:MODEL]/READER`; other code looks for the task between the first two strokes. */
  of(packId: number, task: string, by: Reads): Promise<string>;
}

/**
 * A pack's part is the hash of what the task is given (prompts, schemas, template), and not its number: a
 * version that changes something else reads the same.
 */
export function createRecipes(packs: PackService): Recipes {
  /** Versions never change. */
  const contents = new Map<string, string>();
  const contentOf = async (packId: number, task: string): Promise<string> => {
    const key = `${packId}/${task}`;
    const before = contents.get(key);
    if (before !== undefined) return before;
    const pack = await packs.pack(packId);
    const { prompts, schemas, template } = taskPackOf(pack, task);
    const content = `${pack.name}-${contentHashOf({ prompts, schemas, template }).slice(0, 16)}`;
    contents.set(key, content);
    return content;
  };
  return {
    async of(packId, task, { engine, reader }) {
      const by = engine.model === null ? engine.name : `${engine.name}:${engine.model}`;
      return `${await contentOf(packId, task)}/${task}/${by}/${reader ?? "unknown"}`;
    },
  };
}
