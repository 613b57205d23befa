import { keyCaps } from "../shell/key-match.ts";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

/** Keys as they are pressed: `g d`, `Ctrl K`. */
export function KeyCaps({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1 whitespace-nowrap">
      {keyCaps(keys, isMac).map((cap, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice
          key={index}
          className="inline-grid min-w-6 place-items-center rounded border border-line-strong bg-sunken px-1 font-mono text-xs text-ink"
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
