import { useTitle } from "../ui/use-title.ts";

export function RolloutPage() {
  useTitle("Rollout");
  return <h1 className="text-lg font-semibold">Rollout</h1>;
}
