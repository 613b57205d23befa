import type { Language } from "../types.ts";

/** The same thing with another number, for another slide. Slots: {area} {money} {count} {year} {last}. */
interface Restated {
  readonly market: readonly string[];
  readonly marketTam: readonly string[];
  readonly ask: readonly string[];
  readonly team: readonly string[];
  readonly customers: readonly string[];
  /** Other things, and the same thing at another time: no conflict. */
  readonly otherMarket: readonly string[];
  readonly laterTeam: readonly string[];
  readonly otherCustomers: readonly string[];
  readonly external: readonly string[];
}

export const restated: Readonly<Record<Language, Restated>> = {
  en: {
    market: [
      "The {area} market is worth {money}",
      "A {money} market for {area} in {year}",
      "The market for {area} stands at {money}",
      "{area}: a market of {money} today",
    ],
    marketTam: ["TAM: {money}", "A TAM of {money}", "Total addressable market of {money}"],
    ask: [
      "We are raising {money}",
      "Seed round of {money} to enter the second market",
      "Seeking {money} for the next eighteen months",
      "Our ask: {money}",
    ],
    team: [
      "A team of {count} people stands behind it",
      "Our {count} employees know the field",
      "{count} people work on it full time",
      "Team size: {count}",
    ],
    customers: [
      "{count} paying customers use it today",
      "Trusted by {count} customers",
      "Already {count} paying customers",
      "{count} customers pay for it",
    ],
    otherMarket: [
      "The market for {area} will grow to {money} by {later}",
      "The German {area} market alone is worth {money}",
      "Spending on software in all industries: {money}",
    ],
    laterTeam: [
      "We will be {count} people by the end of {later}",
      "Three engineers and two nurses joined last year",
      "{count} hires are planned for {later}",
    ],
    otherCustomers: [
      "{count} customers are planned for {later}",
      "{count} prospects in the sales pipeline",
      "From {count} customers in {last} to more each quarter",
      "{count} sites have asked for a demo",
    ],
    external: [
      "{big} million people live with the condition worldwide",
      "Every year {big},000 people die of it in Europe",
      "1 in {small} adults is affected",
      "{pct} % of cases are found too late",
      "Treatment costs health systems {money} a year",
    ],
  },
  de: {
    market: ["Der Markt für {area} beträgt {money}", "Ein Markt von {money} für {area}"],
    marketTam: ["TAM: {money}"],
    ask: ["Kapitalbedarf: {money}", "Wir suchen {money} für den zweiten Markt"],
    team: [
      "Ein Team von {count} Personen steht dahinter",
      "Unsere {count} Mitarbeiter kennen das Fach",
    ],
    customers: ["Schon {count} zahlende Kunden", "{count} zahlende Kunden nutzen es heute"],
    otherMarket: [
      "Der Markt für {area} wächst bis {later} auf {money}",
      "In Österreich allein sind es {money}",
    ],
    laterTeam: ["Bis Ende {later} werden wir {count} Personen sein"],
    otherCustomers: [
      "{count} Kunden sind für {later} geplant",
      "{count} Interessenten in der Pipeline",
    ],
    external: [
      "{big} Millionen Menschen leben weltweit damit",
      "{pct} % der Fälle werden zu spät erkannt",
    ],
  },
  fr: {
    market: ["Le marché de la {area} pèse {money}", "Un marché de {money} pour la {area}"],
    marketTam: ["TAM : {money}"],
    ask: ["Nous recherchons {money}", "Levée de fonds : {money}"],
    team: ["Une équipe de {count} personnes", "Nos {count} salariés connaissent le métier"],
    customers: ["Déjà {count} clients payants", "{count} clients payants aujourd'hui"],
    otherMarket: [
      "Le marché de la {area} atteindra {money} en {later}",
      "Le marché belge seul vaut {money}",
    ],
    laterTeam: ["Nous serons {count} personnes fin {later}"],
    otherCustomers: ["{count} clients prévus en {later}", "{count} prospects en discussion"],
    external: [
      "{big} millions de personnes vivent avec cette maladie",
      "{pct} % des cas sont vus trop tard",
    ],
  },
  es: {
    market: ["El mercado de {area} alcanza {money}", "Un mercado de {money} para {area}"],
    marketTam: ["TAM: {money}"],
    ask: ["Solicitamos {money}", "Ronda de inversión de {money}"],
    team: ["Un equipo de {count} personas", "Nuestros {count} empleados conocen el sector"],
    customers: ["Ya hay {count} clientes de pago", "{count} clientes de pago hoy"],
    otherMarket: [
      "El mercado de {area} crecerá hasta {money} en {later}",
      "Solo el mercado chileno vale {money}",
    ],
    laterTeam: ["Seremos {count} personas a finales de {later}"],
    otherCustomers: ["{count} clientes previstos para {later}", "{count} interesados en la lista"],
    external: [
      "{big} millones de personas viven con esta enfermedad",
      "El {pct} % de los casos se ve demasiado tarde",
    ],
  },
};
