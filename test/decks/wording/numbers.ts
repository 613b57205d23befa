import type { Dice } from "../random.ts";
import type { Language } from "../types.ts";

/** Sentences around the numbers of a deck. */
export interface Phrases {
  readonly cover: string;
  readonly thanks: string;
  readonly market: (area: string, money: string, year: number) => string;
  readonly marketAxis: (currency: string) => string;
  readonly parts: readonly string[];
  readonly reachable: string;
  readonly regions: readonly string[];
  readonly region: string;
  readonly sites: string;
  readonly perSite: string;
  readonly criteria: readonly string[];
  readonly yes: string;
  readonly no: string;
  readonly vendor: (letter: string) => string;
  readonly customers: (count: number) => string;
  readonly pilots: (count: number) => string;
  readonly revenueAxis: (currency: string) => string;
  readonly renewalAxis: string;
  readonly result: (dice: Dice) => string;
  readonly route: (year: number) => string;
  readonly team: (count: number) => string;
  readonly thousand: string;
  readonly revenue: string;
  readonly costs: string;
  readonly margin: string;
  readonly planFrom: (year: number) => string;
  readonly ask: (money: string) => string;
  readonly before: (money: string, year: number) => string;
  readonly useOfFunds: string;
}

const trial = (dice: Dice): string => `NCT0${dice.whole(1_000_000, 9_999_999)}`;

export const phrases: Readonly<Record<Language, Phrases>> = {
  en: {
    cover: "Pitch deck",
    thanks: "Thank you",
    market: (area, money, year) => `The market for ${area} is worth ${money} in ${year}`,
    marketAxis: (currency) => `Market size, ${currency} billion a year`,
    parts: [
      "all sites worldwide",
      "sites in our two countries",
      "sites we can reach in five years",
    ],
    reachable: "We start where buyers already have a budget line",
    regions: ["Germany", "France", "Spain"],
    region: "Country",
    sites: "Sites",
    perSite: "Yearly price",
    criteria: [
      "Covers the whole path",
      "Works without new cables",
      "Data stays on site",
      "Fixed price",
    ],
    yes: "yes",
    no: "no",
    vendor: (letter) => `Vendor ${letter}`,
    customers: (count) => `${count} paying customers`,
    pilots: (count) => `${count} pilots under way`,
    revenueAxis: (currency) => `Revenue, thousand ${currency}`,
    renewalAxis: "Contracts renewed, % of all contracts",
    result: (dice) =>
      dice.pick([
        `Sensitivity 91 % (95 % CI 84-95 %) against the reference standard, n = 164 patients, ${trial(dice)}`,
        `Randomised trial, n = 212 patients, sham control: 31 % fewer readmissions (p = 0.01), ${trial(dice)}`,
        `Prospective cohort of 340 patients against usual care: events fell from 18 % to 12 % (95 % CI 2-10 points), ${trial(dice)}`,
      ]),
    route: (year) =>
      `Submission of the 510(k) file is planned for Q3 ${year + 1}, predicate named, ISO 13485 audit booked`,
    team: (count) => `We are a team of ${count} people`,
    thousand: "thousand",
    revenue: "Revenue",
    costs: "Costs",
    margin: "Gross margin",
    planFrom: (year) => `plan from ${year}`,
    ask: (money) => `We are raising ${money} in a seed round`,
    before: (money, year) => `Raised to date: ${money} from angels in ${year}`,
    useOfFunds: "Use of funds, % of the round",
  },
  de: {
    cover: "Pitch Deck",
    thanks: "Vielen Dank",
    market: (area, money, year) =>
      `Der Markt für ${area} hat ein Volumen von ${money} im Jahr ${year}`,
    marketAxis: (currency) => `Marktvolumen in Mrd. ${currency} pro Jahr`,
    parts: ["alle Standorte weltweit", "Standorte in zwei Ländern", "erreichbar in fünf Jahren"],
    reachable: "Wir beginnen dort, wo es schon ein Budget gibt",
    regions: ["Deutschland", "Österreich", "Schweiz"],
    region: "Land",
    sites: "Standorte",
    perSite: "Preis im Jahr",
    criteria: [
      "Deckt den ganzen Weg ab",
      "Braucht keine neuen Kabel",
      "Daten bleiben im Haus",
      "Fester Preis",
    ],
    yes: "ja",
    no: "nein",
    vendor: (letter) => `Anbieter ${letter}`,
    customers: (count) => `${count} zahlende Kunden`,
    pilots: (count) => `${count} laufende Pilotprojekte`,
    revenueAxis: (currency) => `Umsatz in Tsd. ${currency}`,
    renewalAxis: "Verlängerte Verträge in % aller Verträge",
    result: (dice) =>
      `Sensitivität 91 % (95 % KI 84-95 %) gegen den Goldstandard, n = 164 Patienten, DRKS000${dice.whole(10000, 99999)}`,
    route: (year) =>
      `Einreichung bei der benannten Stelle (MDR, Klasse IIa) geplant für Q3 ${year + 1}, ISO 13485 Audit gebucht`,
    team: (count) => `Wir sind ein Team von ${count} Personen`,
    thousand: "Tsd.",
    revenue: "Umsatz",
    costs: "Kosten",
    margin: "Rohertrag",
    planFrom: (year) => `Plan ab ${year}`,
    ask: (money) => `Wir suchen ${money} in einer Seed-Runde`,
    before: (money, year) => `Bisher eingeworben: ${money} von Business Angels (${year})`,
    useOfFunds: "Mittelverwendung in % der Runde",
  },
  fr: {
    cover: "Pitch deck",
    thanks: "Merci",
    market: (area, money, year) => `Le marché de la ${area} représente ${money} en ${year}`,
    marketAxis: (currency) => `Taille du marché, Md ${currency} par an`,
    parts: ["tous les sites du monde", "sites de nos deux pays", "accessible en cinq ans"],
    reachable: "Nous commençons là où un budget existe déjà",
    regions: ["France", "Belgique", "Suisse"],
    region: "Pays",
    sites: "Sites",
    perSite: "Prix annuel",
    criteria: ["Couvre tout le parcours", "Sans nouveaux câbles", "Données sur place", "Prix fixe"],
    yes: "oui",
    no: "non",
    vendor: (letter) => `Acteur ${letter}`,
    customers: (count) => `${count} clients payants`,
    pilots: (count) => `${count} pilotes en cours`,
    revenueAxis: (currency) => `Chiffre d'affaires, milliers ${currency}`,
    renewalAxis: "Contrats renouvelés, % des contrats",
    result: (dice) =>
      `Sensibilité 91 % (IC 95 % 84-95 %) contre la référence, n = 164 patients, ${trial(dice)}`,
    route: (year) =>
      `Dépôt auprès de l'organisme notifié (MDR, classe IIa) prévu au T3 ${year + 1}, audit ISO 13485 fixé`,
    team: (count) => `Nous sommes une équipe de ${count} personnes`,
    thousand: "milliers",
    revenue: "Chiffre d'affaires",
    costs: "Coûts",
    margin: "Marge brute",
    planFrom: (year) => `prévision dès ${year}`,
    ask: (money) => `Nous levons ${money} en amorçage`,
    before: (money, year) => `Déjà levé : ${money} auprès de business angels en ${year}`,
    useOfFunds: "Emploi des fonds, % du tour",
  },
  es: {
    cover: "Pitch deck",
    thanks: "Gracias",
    market: (area, money, year) => `El mercado de ${area} vale ${money} en ${year}`,
    marketAxis: (currency) => `Tamaño del mercado, miles de M ${currency} al año`,
    parts: ["todos los centros del mundo", "centros en dos países", "accesible en cinco años"],
    reachable: "Empezamos donde ya existe un presupuesto",
    regions: ["España", "México", "Chile"],
    region: "País",
    sites: "Centros",
    perSite: "Precio anual",
    criteria: ["Cubre todo el camino", "Sin cables nuevos", "Datos en el centro", "Precio fijo"],
    yes: "sí",
    no: "no",
    vendor: (letter) => `Actor ${letter}`,
    customers: (count) => `${count} clientes de pago`,
    pilots: (count) => `${count} pilotos en marcha`,
    revenueAxis: (currency) => `Ingresos, miles de ${currency}`,
    renewalAxis: "Contratos renovados, % de los contratos",
    result: (dice) =>
      `Sensibilidad 91 % (IC 95 % 84-95 %) frente a la referencia, n = 164 pacientes, ${trial(dice)}`,
    route: (year) =>
      `Solicitud al organismo notificado (MDR, clase IIa) prevista para el Q3 ${year + 1}, auditoría ISO 13485 fijada`,
    team: (count) => `Somos un equipo de ${count} personas`,
    thousand: "miles",
    revenue: "Ingresos",
    costs: "Costes",
    margin: "Margen bruto",
    planFrom: (year) => `previsión desde ${year}`,
    ask: (money) => `Buscamos ${money} en una ronda semilla`,
    before: (money, year) => `Ya recaudado: ${money} de inversores ángeles en ${year}`,
    useOfFunds: "Uso de fondos, % de la ronda",
  },
};
