/** A document among the files of its deck, and among the documents of its bytes; as `DeckVersion` and `FileRun` of the contract. */
export interface Versioned {
  readonly version: { readonly number: number; readonly of?: number } | null;
  readonly fileRun: { readonly number: number; readonly of?: number } | null;
}

/** As short as a list needs it: `v2`, `run 2`, both as `v2 run 2`, or nothing. */
export const versionMark = ({ version, fileRun }: Versioned): string =>
  [
    ...(version === null ? [] : [`v${version.number}`]),
    ...(fileRun === null ? [] : [`run ${fileRun.number}`]),
  ].join(" ");

/** After a name: a space and the mark, or nothing. */
export const withMark = (name: string, of: Versioned): string =>
  `${name} ${versionMark(of)}`.trimEnd();

/** `version 2 of 3, run 1 of 2 of the same file`; nothing where there is no other. */
export const versionWords = ({ version, fileRun }: Versioned): string =>
  [
    ...(version === null ? [] : [`version ${version.number} of ${version.of}`]),
    ...(fileRun === null ? [] : [`run ${fileRun.number} of ${fileRun.of} of the same file`]),
  ].join(", ");
