/** Says on stderr what is being done, with the seconds since the beginning. */
export type Say = (phase: string) => void;

export function createSay(): Say {
  const startedMs = performance.now();
  return (phase) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.error(`[${seconds.padStart(6)} s] ${phase}`);
  };
}
