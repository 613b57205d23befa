import { Link } from "@tanstack/react-router";
import { Menu } from "lucide-react";
import { useRef } from "react";
import { type PageCount, usePageCounts } from "./page-counts.ts";
import { type PageEntry, pageGroups } from "./pages.ts";

type Counts = ReturnType<typeof usePageCounts>;

const linkClass =
  "rounded-md px-1.5 py-1.5 text-[13px] font-medium text-ink-2 hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink";

function PageLink({
  page,
  count,
  className = "",
  onClick,
}: {
  page: PageEntry;
  count: PageCount | undefined;
  className?: string;
  onClick?: () => void;
}) {
  return (
    <Link
      to={page.to}
      activeOptions={{ exact: page.to === "/", includeSearch: false }}
      {...(onClick === undefined ? {} : { onClick })}
      className={`${linkClass} ${className}`}
    >
      {page.name}
      {count !== undefined && (
        <>
          <span
            aria-hidden="true"
            className="ml-1 rounded-full bg-bad-soft px-1.5 text-xs tabular-nums text-bad"
          >
            {count.count}
          </span>
          <span className="sr-only"> ({count.words})</span>
        </>
      )}
    </Link>
  );
}

/** In one line, where there is room: a thin line between what belongs together. */
function WideNav({ counts }: { counts: Counts }) {
  return (
    <nav aria-label="Pages" className="flex grow items-center max-lg:hidden">
      {pageGroups.map(({ name, pages }, index) => (
        <div
          key={name}
          className={`flex items-center ${index > 0 ? "ml-1 border-l border-line pl-1" : ""}`}
        >
          {pages.map((page) => (
            <PageLink key={page.to} page={page} count={counts[page.to]} />
          ))}
        </div>
      ))}
    </nav>
  );
}

/** Behind a button, on a narrow screen. The browser closes it on Escape or a press beside it. */
function NavMenu({ counts }: { counts: Counts }) {
  const menu = useRef<HTMLDivElement>(null);
  const close = (): void => menu.current?.hidePopover();
  return (
    <div className="grow lg:hidden">
      <button
        type="button"
        popoverTarget="pages-menu"
        className="inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 text-[13px] font-medium text-ink-2 hover:bg-sunken hover:text-ink"
      >
        <Menu aria-hidden="true" className="size-4" /> Pages
      </button>
      <div
        ref={menu}
        id="pages-menu"
        popover="auto"
        className="fixed inset-auto top-12 left-2 m-0 max-h-[calc(100vh-4rem)] w-[min(20rem,calc(100vw-1rem))] overflow-y-auto rounded-xl border border-line bg-surface p-3 text-ink shadow-xl"
      >
        <nav aria-label="Pages" className="grid grid-cols-2 gap-3">
          {pageGroups.map(({ name, pages }) => (
            <div key={name}>
              <p className="px-1.5 text-xs text-ink-3">{name}</p>
              {pages.map((page) => (
                <PageLink
                  key={page.to}
                  page={page}
                  count={counts[page.to]}
                  className="block"
                  onClick={close}
                />
              ))}
            </div>
          ))}
        </nav>
      </div>
    </div>
  );
}

export function PageNav() {
  const counts = usePageCounts();
  return (
    <>
      <WideNav counts={counts} />
      <NavMenu counts={counts} />
    </>
  );
}
