import { Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "../ui/button.tsx";
import { addUploads } from "./upload-store.ts";

/** The button beside the drop zone: what can be dragged can also be chosen. */
export function FileButton({ words = "Choose PDFs" }: { words?: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="application/pdf,.pdf,.pptx,.ppsx,.odp"
        multiple
        hidden
        aria-label="PDF files"
        onChange={({ currentTarget }) => {
          addUploads([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      <Button kind="primary" onClick={() => input.current?.click()}>
        <Upload aria-hidden="true" className="size-4" /> {words}
      </Button>
    </>
  );
}
