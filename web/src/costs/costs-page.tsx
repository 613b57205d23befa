import { useTitle } from "../ui/use-title.ts";

export function CostsPage() {
  useTitle("Costs");
  return <h1 className="text-lg font-semibold">Costs</h1>;
}
