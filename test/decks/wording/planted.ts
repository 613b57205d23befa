import type { Language } from "../types.ts";

/** Text that nobody replaced. */
export const placeholders: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "Lorem ipsum dolor sit amet",
    "[Company name] was founded in 2021",
    "Insert text here",
    "Partner: TBD",
    "Click to add text",
    "Customer XYZ",
    "Your logo here",
    "$XX million in year three",
    "Jane Doe, job title",
  ],
  de: [
    "Lorem ipsum dolor sit amet",
    "Hier Text einfügen",
    "[Firmenname] wurde 2021 gegründet",
    "Platzhalter für das Logo",
    "Max Mustermann, Position",
  ],
  fr: [
    "Lorem ipsum dolor sit amet",
    "Insérer le texte ici",
    "[Nom de la société], fondée en 2021",
    "Cliquez pour ajouter du texte",
  ],
  es: [
    "Lorem ipsum dolor sit amet",
    "Insertar texto aquí",
    "[Nombre de la empresa], fundada en 2021",
    "Haga clic para agregar texto",
  ],
};
