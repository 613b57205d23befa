import { useTitle } from "../ui/use-title.ts";

export function PortfolioPage() {
  useTitle("Portfolio");
  return <h1 className="text-lg font-semibold">Portfolio</h1>;
}
