import type { Paper } from "./papers.ts";

/** A made-up cohort study in German, in one column. Nothing in it was ever measured. */
export const uferKohorte: Paper = {
  running: "Zeitschrift für erdachte Versorgung 2025; 12: 44-49",
  columns: 1,
  date: new Date("2025-11-03T09:00:00Z"),
  head: ["Originalarbeit", "DOI 10.5555/zev.2025.44"],
  title:
    "Wege zur Nachsorge nach Hüftoperation: eine retrospektive Kohortenstudie in sechs Kliniken",
  authors: "Lena Uferstein, Karl-Heinz Brook und Sofia Maric",
  affiliations: [
    "Institut für Versorgungsforschung, Hochschule Uferstadt",
    "Korrespondenz: l.uferstein@hochschule-uferstadt.example",
    "Angenommen: 9. September 2025",
  ],
  sections: [
    {
      title: "Zusammenfassung",
      text: "Viele Menschen kommen nach einer Hüftoperation nicht zur Nachsorge. Untersucht wurde, welche Wege dorthin führen. Ausgewertet wurden 1.204 Fälle aus sechs Kliniken.\nWer den Termin vor der Entlassung bekam, kam in 81 % der Fälle, sonst in 54 %.",
    },
    { title: null, text: "Schlüsselwörter: Nachsorge, Hüftoperation, Entlassung" },
    {
      title: "Methode",
      text: "In diese retrospektive Kohortenstudie wurden alle Fälle der Jahre 2022 und 2023 eingeschlossen. Die Fallzahl: 1.204. Ausschlusskriterien waren ein Wohnsitz im Ausland und Tod vor der Entlassung.\nDie Studie wurde von der Ethikkommission genehmigt und vorab registriert (DRKS00031234).",
    },
    {
      title: "Ergebnisse",
      text: "Von 1.204 Fällen hatten 702 einen Termin vor der Entlassung. Der Unterschied betrug 27 Prozentpunkte (95 % Konfidenzintervall 22 bis 32).",
    },
    {
      title: "Schlussfolgerungen",
      text: "Ein Termin vor der Entlassung geht mit mehr Nachsorge einher. Ob er sie bewirkt, lässt sich so nicht sagen.",
    },
    {
      title: null,
      text: "Förderung: Die Arbeit wurde ohne fremde Mittel durchgeführt.",
    },
    {
      title: null,
      text: "Interessenkonflikt: Die Autoren geben an, dass kein Interessenkonflikt besteht.",
    },
    {
      title: "Literatur",
      text: "1. Termine und Treue. Erdachte Berichte 2018. DOI 10.5555/eb.2018.9",
    },
  ],
  table: {
    caption: "Tabelle 1. Fälle nach Klinik",
    rows: [
      ["Klinik", "Fälle", "mit Termin"],
      ["A bis C", "640", "401"],
      ["D bis F", "564", "301"],
    ],
  },
};
