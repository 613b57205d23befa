import {
  type Versioned,
  versionMark,
  versionWords,
} from "../../../src/core/portfolio/version-words.ts";
import { Badge } from "./badge.tsx";

/** `v2`, `run 2` or both; in full for whoever points at it or has it read aloud. */
export function VersionBadge({ of }: { of: Versioned }) {
  const mark = versionMark(of);
  if (mark === "") return null;
  const words = versionWords(of);
  return (
    <Badge>
      <span aria-hidden="true" title={words}>
        {mark}
      </span>
      <span className="sr-only">{words}</span>
    </Badge>
  );
}
