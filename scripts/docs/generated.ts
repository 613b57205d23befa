import { openApiFile } from "./open-api.ts";
import { packFormatPage } from "./pack-format.ts";
import { configurationPage, errorsPage, exampleFile } from "./pages.ts";
import { policiesPage } from "./policies.ts";

/** Every file that follows from the sources and needs no database: path -> text. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    "docs/reference/configuration.md": configurationPage(),
    "docs/reference/errors.md": errorsPage(),
    "docs/reference/pack-format.md": packFormatPage(),
    "docs/reference/policies.md": policiesPage(),
    "docs/reference/openapi.json": await openApiFile(),
    "pilotlight.example.yaml": exampleFile(),
  };
}
