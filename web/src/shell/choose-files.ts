/**
 * The one whose dialog may be open. It stands in no document, so only this keeps it from being collected meanwhile;
 * nobody would then hear of what was chosen.
 */
const asking = new Set<HTMLInputElement>();

/** Opens the browser's own dialog for decks; also from a key, where no button was pressed. */
export function chooseFiles(onFiles: (files: File[]) => void): void {
  const input = document.createElement("input");
  asking.clear();
  asking.add(input);
  input.type = "file";
  input.accept = "application/pdf,.pdf,.pptx,.ppsx,.odp";
  input.multiple = true;
  input.addEventListener("change", () => onFiles([...(input.files ?? [])]));
  input.click();
}
