import { useTitle } from "../ui/use-title.ts";

export function SlosPage() {
  useTitle("SLOs");
  return <h1 className="text-lg font-semibold">SLOs</h1>;
}
