import { describePolicies } from "../../../src/core/autoscaler/policies/registry.ts";
import { Panel } from "../ui/panel.tsx";
import { NumberField, TextField } from "./fields.tsx";
import type { Known } from "./known.ts";
import { defaults, policyOf, recordedDays, slidesOf, standing } from "./plan.ts";
import { bounds, type OneSetting, settingBounds, type WhatIfSearch } from "./search.ts";

type Key = keyof typeof settingBounds;

interface Row {
  readonly key: Key;
  readonly name: string;
  readonly unit: string;
  readonly source: keyof Known["sources"];
}

const rows: readonly Row[] = [
  { key: "keepVision", name: "Keep vision warm", unit: "s", source: "bounds" },
  { key: "keepText", name: "Keep text warm", unit: "s", source: "bounds" },
  { key: "maxVision", name: "Most vision replicas", unit: "", source: "bounds" },
  { key: "maxText", name: "Most text replicas", unit: "", source: "bounds" },
  { key: "coldVision", name: "Cold start of vision", unit: "s", source: "coldVision" },
  { key: "coldText", name: "Cold start of text", unit: "s", source: "coldText" },
  { key: "usdVision", name: "Vision, an hour", unit: "$", source: "prices" },
  { key: "usdText", name: "Text, an hour", unit: "$", source: "prices" },
];

interface Props {
  readonly known: Known;
  readonly search: WhatIfSearch;
  readonly onChange: (search: WhatIfSearch) => void;
}

/** Traffic that both meet, and the two settings. An empty field is as the installation has it. */
export function InputForm(props: Props) {
  return (
    <Panel className="space-y-4 p-3">
      <TrafficFields {...props} />
      <SettingTable {...props} />
    </Panel>
  );
}

/** Takes a key out where its value is the standing one, so that addresses stay short. */
function put<T extends object>(of: T, key: keyof T, value: T[keyof T] | undefined): T {
  const { [key]: _, ...rest } = of;
  return (value === undefined ? rest : { ...rest, [key]: value }) as T;
}

function TrafficFields({ known, search, onChange }: Props) {
  const set = (key: keyof WhatIfSearch) => (value: number | undefined) =>
    onChange(put(search, key, value));
  const isRecorded = search.traffic === "recorded";
  return (
    <fieldset>
      <legend className="font-semibold">Traffic and chance, for both</legend>
      <div className="mt-2 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
        <label className="col-span-2 text-[13px] font-medium">
          Uploads
          <select
            value={search.traffic ?? "random"}
            onChange={(event) =>
              onChange(
                put(search, "traffic", event.target.value === "recorded" ? "recorded" : undefined),
              )
            }
            className="mt-1 block min-h-8 w-full rounded-md border border-line-strong bg-surface px-2"
          >
            <option value="random">At random, so many a day</option>
            <option value="recorded" disabled={known.arrivalsMs.length < 2}>
              As recorded here ({known.arrivalsMs.length} in {recordedDays} days)
            </option>
          </select>
        </label>
        <NumberField
          label="Decks a day"
          value={search.decks}
          standing={defaults.decks}
          hint="assumed"
          bounds={bounds.decks}
          disabled={isRecorded}
          onChange={set("decks")}
        />
        <NumberField
          label="Days"
          value={search.days}
          standing={isRecorded ? recordedDays : defaults.days}
          bounds={bounds.days}
          onChange={set("days")}
        />
        <NumberField
          label="Slides a deck"
          value={search.slides}
          standing={slidesOf(known.setting)}
          hint={known.sources.slides}
          bounds={bounds.slides}
          onChange={set("slides")}
        />
        <NumberField
          label="Replications"
          value={search.runs}
          standing={defaults.runs}
          bounds={bounds.runs}
          onChange={set("runs")}
        />
        <NumberField
          label="First seed"
          value={search.seed}
          standing={defaults.seed}
          bounds={bounds.seed}
          onChange={set("seed")}
        />
        <label className="col-span-2 text-[13px] font-medium">
          Work and cold starts
          <select
            value={search.figures ?? "own"}
            onChange={(event) =>
              onChange(
                put(search, "figures", event.target.value === "assumed" ? "assumed" : undefined),
              )
            }
            className="mt-1 block min-h-8 w-full rounded-md border border-line-strong bg-surface px-2"
          >
            <option value="own">As learned here, as far as it is</option>
            <option value="assumed">As assumed</option>
          </select>
        </label>
      </div>
    </fieldset>
  );
}

function SettingTable({ known, search, onChange }: Props) {
  const now = standing(known.setting);
  const set = (which: "a" | "b", next: OneSetting): void =>
    onChange(put(search, which, Object.keys(next).length === 0 ? undefined : next));
  return (
    <table className="w-full text-left">
      <caption className="pb-2 text-left font-semibold">The two settings</caption>
      <thead className="text-xs text-ink-2">
        <tr>
          <th scope="col" className="pr-2 pb-1 font-medium">
            Setting
          </th>
          {(["a", "b"] as const).map((which) => (
            <th key={which} scope="col" className="w-[34%] pb-1 pl-2 font-medium">
              {which.toUpperCase()}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row" className="py-1 pr-2 align-top font-normal">
            Policy
            <span className="block text-xs text-ink-2">A name, and options behind a colon</span>
          </th>
          {(["a", "b"] as const).map((which) => (
            <td key={which} className="py-1 pl-2 align-top">
              <TextField
                label={`Policy of ${which.toUpperCase()}`}
                value={policyOf(which, search, known)}
                list="policies"
                onChange={(policy) => {
                  const usual = policyOf(which, {}, known);
                  const value = policy === usual || policy === "" ? undefined : policy;
                  set(which, put(search[which] ?? {}, "policy", value));
                }}
              />
            </td>
          ))}
        </tr>
        {rows.map(({ key, name, unit, source }) => (
          <tr key={key}>
            <th scope="row" className="py-1 pr-2 align-top font-normal">
              {name}
              {unit !== "" && (
                <span className="text-ink-2">, {unit === "$" ? "$" : "seconds"}</span>
              )}
              <span className="block text-xs text-ink-2">
                {now[key]} {known.sources[source]}
              </span>
            </th>
            {(["a", "b"] as const).map((which) => (
              <td key={which} className="py-1 pl-2 align-top">
                <NumberField
                  label={`${name} of ${which.toUpperCase()}`}
                  isLabelHidden
                  value={search[which]?.[key]}
                  standing={now[key]}
                  bounds={settingBounds[key]}
                  onChange={(value) => set(which, put(search[which] ?? {}, key, value))}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot className="sr-only">
        <tr>
          <td>
            <datalist id="policies">
              {describePolicies().map(({ name, what }) => (
                <option key={name} value={name}>
                  {what}
                </option>
              ))}
            </datalist>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
