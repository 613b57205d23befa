import type { Sql } from "../../src/db/connect.ts";

/** The schema of a database as text, from its catalogue: every kind in a fixed order, by name. */
export async function schemaText(sql: Sql): Promise<string> {
  const sections: [string, string[]][] = [
    ["sequences", await sequences(sql)],
    ["tables", await tables(sql)],
    ["indexes", await indexes(sql)],
    ["views", await views(sql)],
    ["functions", await functions(sql)],
    ["triggers", await triggers(sql)],
  ];
  const body = sections.map(([name, texts]) => `-- ${name}\n\n${texts.join("\n\n")}\n`);
  return `-- The outcome of all migrations, read from the catalogue of a migrated database. For reading:
-- the migrations are what is applied. A test compares the two; \`UPDATE=1\` before it writes this anew.

${body.join("\n")}`;
}

/** Days of history get their partitions while the program runs: only the default ones belong here. */
const isDayPartition = /_\d{8}$/;

/** Without owned ones: those come with their identity column. */
async function sequences(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'i')
    order by c.relname`;
  return [rows.map(({ name }) => `create sequence ${name};`).join("\n")];
}

interface TableRow {
  readonly name: string;
  readonly options: string[] | null;
  readonly partition_of: string | null;
  readonly bound: string | null;
  readonly key: string | null;
  readonly columns: string[];
  readonly constraints: string[] | null;
}

async function tables(sql: Sql): Promise<string[]> {
  const rows = await sql<TableRow[]>`
    select c.relname as name, c.reloptions as options, i.inhparent::regclass::text as partition_of,
      pg_get_expr(c.relpartbound, c.oid) as bound,
      case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as key,
      (select array_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
          case a.attidentity when 'a' then 'generated always as identity' end,
          case when a.attgenerated = 's' then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
            when a.atthasdef then 'default ' || pg_get_expr(d.adbin, d.adrelid) end,
          case when a.attnotnull then 'not null' end) order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select array_agg(format('constraint %s %s', k.conname, pg_get_constraintdef(k.oid)) order by k.conname)
        from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c')) as constraints
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    order by c.relname`;
  return rows.filter(({ name }) => !isDayPartition.test(name)).map(tableText);
}

function tableText(row: TableRow): string {
  if (row.partition_of !== null) {
    return `create table ${row.name} partition of ${row.partition_of} ${row.bound ?? ""};`;
  }
  const lines = [...row.columns, ...(row.constraints ?? [])].map((line) => `  ${line}`);
  const key = row.key === null ? "" : ` partition by ${row.key}`;
  const options = row.options === null ? "" : ` with (${row.options.join(", ")})`;
  return `create table ${row.name} (\n${lines.join(",\n")}\n)${key}${options};`;
}

/** Those that no constraint brings, and not those that a partition has from its parent. */
async function indexes(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string; text: string }[]>`
    select c.relname as name, pg_get_indexdef(c.oid) as text
    from pg_index x join pg_class c on c.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where c.relnamespace = 'public'::regnamespace and not t.relispartition
      and not exists (select 1 from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u'))
    order by c.relname`;
  return [rows.map(({ text }) => `${text};`).join("\n")];
}

async function views(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string; text: string }[]>`
    select c.relname as name, pg_get_viewdef(c.oid) as text from pg_class c
    where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace order by c.relname`;
  return rows.map(({ name, text }) => `create view ${name} as\n${text.trimEnd()}`);
}

async function functions(sql: Sql): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select pg_get_functiondef(p.oid) as text from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
    order by p.proname, pg_get_function_identity_arguments(p.oid)`;
  return rows.map(({ text }) => `${text.trimEnd()};`);
}

async function triggers(sql: Sql): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select pg_get_triggerdef(t.oid) as text from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and t.tgparentid = 0 and c.relnamespace = 'public'::regnamespace
    order by c.relname, t.tgname`;
  return rows.map(({ text }) => `${text};`);
}
