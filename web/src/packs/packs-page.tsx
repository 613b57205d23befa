import { useTitle } from "../ui/use-title.ts";

export function PacksPage() {
  useTitle("Packs");
  return <h1 className="text-lg font-semibold">Packs</h1>;
}
