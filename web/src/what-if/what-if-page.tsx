import { useTitle } from "../ui/use-title.ts";

export function WhatIfPage() {
  useTitle("What-if");
  return <h1 className="text-lg font-semibold">What-if</h1>;
}
