import { useEffect } from "react";

let ofPage: string | null = null;
let over: string | null = null;
const show = (): void => {
  const title = over ?? ofPage;
  document.title = title === null ? "Pilotlight" : `${title} · Pilotlight`;
};

export function useTitle(title: string): void {
  useEffect(() => {
    ofPage = title;
    show();
  }, [title]);
}

/** Of what stands in place of the page, as long as it does. */
export function useTitleOver(title: string): void {
  useEffect(() => {
    over = title;
    show();
    return () => {
      over = null;
      show();
    };
  }, [title]);
}
