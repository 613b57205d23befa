import { useTitle } from "../ui/use-title.ts";

export function FailuresPage() {
  useTitle("Failures");
  return <h1 className="text-lg font-semibold">Failures</h1>;
}
