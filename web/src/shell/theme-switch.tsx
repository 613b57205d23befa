import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";

export const themes = [
  { value: "system", label: "System theme", Icon: Monitor },
  { value: "light", label: "Light theme", Icon: Sun },
  { value: "dark", label: "Dark theme", Icon: Moon },
] as const;
type Choice = (typeof themes)[number]["value"];

const key = "pilotlight.theme";

function stored(): Choice {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

/** The choice is applied by the script that also runs before the first paint. */
export function chooseTheme(choice: Choice): void {
  try {
    if (choice === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Storage may be forbidden; the system's choice then stays.
  }
  window.dispatchEvent(new Event(changed));
}

const changed = "pilotlight:theme";
function subscribe(listener: () => void): () => void {
  window.addEventListener(changed, listener);
  return () => window.removeEventListener(changed, listener);
}

export function ThemeSwitch() {
  const choice = useSyncExternalStore(subscribe, stored);
  return (
    <fieldset className="ml-auto flex rounded-md border border-line p-0.5">
      <legend className="sr-only">Theme</legend>
      {themes.map(({ value, label, Icon }) => (
        <button
          key={value}
          type="button"
          aria-pressed={choice === value}
          aria-label={label}
          title={label}
          onClick={() => chooseTheme(value)}
          className={`grid size-6 place-items-center rounded ${choice === value ? "bg-sunken text-ink" : "text-ink-3 hover:text-ink"}`}
        >
          <Icon aria-hidden="true" className="size-3.5" />
        </button>
      ))}
    </fieldset>
  );
}
