import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { addUploads } from "../documents/upload-store.ts";
import { SessionGate } from "../session/session-gate.tsx";
import { useAsk } from "../session/session-store.ts";
import { SignOut } from "../session/sign-out.tsx";
import { LiveBadge, LiveStrip } from "./live-badge.tsx";
import { PageNav } from "./page-nav.tsx";
import { PauseBanner } from "./pause-banner.tsx";
import { ShellKeys } from "./shell-keys.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { useFileDrop } from "./use-file-drop.ts";

function Flame() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5">
      <path
        className="fill-accent"
        d="M12 1.500c.6 4.200 6.500 7 6.500 13.200a6.500 6.500 0 0 1-13 0c0-3 1.600-4.900 2.900-6.600.3 1.600 1 2.500 1.900 2.900C9.900 7.400 10.600 4.300 12 1.500Z"
      />
      <path
        className="fill-accent-soft"
        d="M12 12.200c.4 1.900 2.700 2.900 2.700 5.300a2.700 2.700 0 0 1-5.400 0c0-2.100 2-3 2.700-5.300Z"
      />
    </svg>
  );
}

/** What is on every page: the way home, the state of the stream, and that a PDF may be dropped. */
export function AppShell() {
  const navigate = useNavigate();
  const isAsked = useAsk() !== null;
  const dragging = useFileDrop((files) => {
    if (isAsked) return;
    addUploads(files);
    void navigate({ to: "/" });
  });
  return (
    <>
      <a
        href="#main"
        className="sr-only rounded bg-surface p-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-30"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-20 border-b border-line bg-surface">
        <div className="mx-auto flex min-h-13 max-w-7xl flex-wrap items-center gap-x-2 px-4 py-1.5 sm:gap-x-3">
          <Link to="/" className="flex items-center gap-1.5 font-semibold tracking-tight">
            <Flame />
            <span className="max-sm:sr-only">Pilotlight</span>
          </Link>
          {isAsked ? <span className="grow" /> : <PageNav />}
          {!isAsked && <ShellKeys />}
          <LiveBadge />
          <ThemeSwitch />
          <SignOut />
        </div>
        <LiveStrip />
        {!isAsked && <PauseBanner />}
      </header>
      <main id="main" tabIndex={-1} className="mx-auto max-w-7xl px-4 py-5 outline-none">
        <SessionGate>
          <Outlet />
        </SessionGate>
      </main>
      {dragging && !isAsked && (
        <div className="pointer-events-none fixed inset-3 z-30 grid place-items-center rounded-2xl border-2 border-dashed border-accent bg-accent-soft/90">
          <p className="text-lg font-semibold text-accent-ink">Drop the decks here</p>
        </div>
      )}
    </>
  );
}
