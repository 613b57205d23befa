import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call,
  createControlPlane,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { submit } from "../../test/support/queue.ts";
import { documentList } from "../contract/document-list.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const hour = 3_600_000;

interface Made {
  readonly name: string;
  readonly state?: string;
  readonly endedAgoMs?: number;
  readonly company?: string;
  readonly sha256?: string;
}

async function make({ name, state = "active", endedAgoMs, company, sha256 }: Made) {
  const made = await submit(db.sql, "pitch-deck", sha256 === undefined ? {} : { sha256 });
  await db.sql`update documents set name = ${name} where public_id = ${made.document}`;
  if (state !== "active") {
    const at = new Date(Date.now() - (endedAgoMs ?? 0));
    await db.sql`update pipelines set state = ${state}, finished_at = ${at} where id = ${made.id}`;
  }
  if (company !== undefined) {
    const result = { extractions: { startup_name: { value: company } } };
    await addResult(made.id, 2, result);
  }
  return made;
}

const addResult = (pipeline: number, idx: number, result: object) =>
  db.sql`insert into results (pipeline_id, idx, generation, result, engine, attempt)
    values (${pipeline}, ${idx}, 1, ${db.sql.json(result as never)}, '{}', 1)`;

const list = (query: string): Promise<Answer> =>
  call(plane.app, "GET", `/api/workspaces/default/documents?${query}`);

async function names(query: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = documentList.parse(
      (await list(`${query}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`))
        .body,
    );
    found.push(...page.documents.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

describe("lists of documents", () => {
  beforeAll(async () => {
    await make({ name: "old failure.pdf", state: "failed", endedAgoMs: 48 * hour });
    await make({ name: "Beta.pdf", state: "done", endedAgoMs: 3 * hour, company: "Zymo Labs" });
    await make({ name: "gaps.pdf", state: "done_with_gaps", endedAgoMs: hour });
    const open = await make({ name: "alpha.pdf" });
    await make({ name: "cancelled.pdf", state: "cancelled", endedAgoMs: 2 * hour });
    const quarantined = await make({ name: "poison.pdf" });
    await db.sql`update pipelines set quarantine = '{"code": "DOCUMENT_QUARANTINED"}' where id = ${quarantined.id}`;
    await addResult(open.id, 1, {
      slides: [
        { slide: 1, findings: [{ severity: "major" }, { severity: "praise" }] },
        { slide: 2, findings: [{ severity: "major" }, { severity: "critical" }] },
      ],
    });
  });

  it.each([1, 2, 50])("keeps every order across pages of %i", async (limit) => {
    const order = async (sort: string) => names(`limit=${limit}&sort=${sort}`);
    const newest = ["poison.pdf", "cancelled.pdf", "alpha.pdf", "gaps.pdf", "Beta.pdf"];
    expect(await order("-created")).toEqual([...newest, "old failure.pdf"]);
    expect(await order("created")).toEqual(["old failure.pdf", ...newest.toReversed()]);
    const byName = [
      ...["alpha.pdf", "Beta.pdf", "cancelled.pdf", "gaps.pdf", "old failure.pdf", "poison.pdf"],
    ];
    expect(await order("name")).toEqual(byName);
    expect(await order("-name")).toEqual(byName.toReversed());
    const byEnd = ["gaps.pdf", "cancelled.pdf", "Beta.pdf", "old failure.pdf"];
    expect(await order("-finished")).toEqual(["poison.pdf", "alpha.pdf", ...byEnd]);
    expect(await order("finished")).toEqual([...byEnd.toReversed(), "alpha.pdf", "poison.pdf"]);
    expect(await order("attention")).toEqual([
      ...["poison.pdf", "gaps.pdf", "cancelled.pdf", "alpha.pdf", "Beta.pdf", "old failure.pdf"],
    ]);
  });

  it("narrows by filter, states, words and time, and by several of them", async () => {
    expect(await names("filter=progress")).toEqual(["poison.pdf", "alpha.pdf"]);
    expect(await names("filter=attention")).toEqual(["poison.pdf", "gaps.pdf", "old failure.pdf"]);
    expect(await names("filter=done")).toEqual(["gaps.pdf", "Beta.pdf"]);
    expect(await names("filter=done&state=done,failed")).toEqual(["Beta.pdf"]);
    expect(await names("state=failed,cancelled")).toEqual(["cancelled.pdf", "old failure.pdf"]);
    expect(await names("q=zymo")).toEqual(["Beta.pdf"]);
    expect(await names("q=ALPHA&filter=progress")).toEqual(["alpha.pdf"]);
    expect(await names("q=%25")).toEqual([]);
    expect(await names(`since=${new Date(Date.now() + hour).toISOString()}`)).toEqual([]);
  });

  it("counts findings by severity, and names the company", async () => {
    const { documents } = documentList.parse((await list("q=pdf")).body);
    const of = (name: string) => documents.find((one) => one.name === name);
    const counts = { critical: 1, major: 2, minor: 0, note: 0, praise: 1 };
    expect(of("alpha.pdf")).toMatchObject({ findings: counts });
    expect(of("gaps.pdf")).toMatchObject({ findings: null });
    expect(of("Beta.pdf")?.company).toBe("Zymo Labs");
  });

  it("refuses a state it does not know and a cursor of another order", async () => {
    expectProblem(await list("state=done,lost"), "BAD_REQUEST");
    const { nextCursor } = documentList.parse((await list("sort=name&limit=1")).body);
    for (const sort of ["-created", "finished", "attention"]) {
      expectProblem(await list(`sort=${sort}&cursor=${nextCursor}`), "BAD_REQUEST");
    }
  });
});
