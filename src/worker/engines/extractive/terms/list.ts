/** A long list of terms written as text: separated by semicolons, over as many lines as it takes. */
export const list = (text: string): readonly string[] =>
  text
    .split(";")
    .map((term) => term.trim())
    .filter((term) => term !== "");
