import { useTitle } from "../ui/use-title.ts";

export function ComparePage() {
  useTitle("Compare two versions");
  return <h1 className="text-lg font-semibold">Compare two versions</h1>;
}
