/**
 * Pictures that the server must draw first are asked for one after the other: it draws one at a time, and each
 * question holds one of the few connections a browser has.
 */
export interface DrawingTurns {
  /**
   * Calls `go` when it is this picture's turn: at once, or later.
   * @returns a function that gives the turn, or the place in the line, to the next; again is harmless
   */
  take(go: () => void): () => void;
}

export function createDrawingTurns(): DrawingTurns {
  const line: (() => void)[] = [];
  return {
    take(go) {
      line.push(go);
      if (line[0] === go) go();
      return () => {
        const at = line.indexOf(go);
        if (at < 0) return;
        line.splice(at, 1);
        if (at === 0) line[0]?.();
      };
    },
  };
}
