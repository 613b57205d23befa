import type { SlideAnalysis } from "../../../../contract/results.ts";
import { list } from "./list.ts";

/**
 * What stands in titles of each kind of slide, folded (lower case, no accents), as pattern parts of
 * whole words. Order matters where two fit equally: the narrower kind stands first.
 */
export const titleWords: readonly (readonly [SlideAnalysis["kind"], readonly string[]])[] = [
  [
    "ask",
    list(`
      (?:the|our) ask; ask; funding (?:ask|required|request|needs?|round);
      use of (?:funds|proceeds); the round; investment (?:opportunity|ask|required|terms|proposal);
      raise; raising; seed (?:round|funding); kapitalbedarf; finanzierungsbedarf;
      finanzierung(?:srunde)?; mittelverwendung; investition; levee de fonds;
      besoins? de financement; utilisation des fonds; tour de table; ronda; uso de (?:los )?fondos;
      inversion requerida; captacao; uso dos recursos; capital raise; deal terms; investment terms;
      note terms
    `),
  ],
  [
    "contact",
    list(`
      thank you; thanks; contact(?: us)?; get in touch; questions; q ?& ?a; danke; vielen dank;
      kontakt; fragen; merci; gracias; contacto; contactez[- ]nous; obrigad[oa]s?; contato; grazie;
      let'?s talk; join us
    `),
  ],
  [
    "competition",
    list(String.raw`
      competit\w+; competitors?; alternatives; landscape; why us; benchmark\w*; differentiat\w+;
      advantages?; usp; wettbewerb\w*; konkurrenz; mitbewerber; vorteile; concurrence; concurrents;
      competencia; concorrencia; moat; positioning; unfair advantage; comparison
    `),
  ],
  [
    "regulatory",
    list(String.raw`
      regulat\w+; fda; approval; clearance; compliance; ce mark\w*; 510 ?\(?k\)?; zulassung\w*;
      regulatorik; reglementa\w+; regulacion; regulatorio; quality system; certification
    `),
  ],
  [
    "clinical",
    list(String.raw`
      clinical\w*; trials?; stud(?:y|ies); evidence; efficacy; patients? (?:results|outcomes);
      outcomes; pilot study; klinische\w*; studien?; evidenz; essais? cliniques?; etudes?;
      ensayos? clinicos?; estudios?; estudo clinico
    `),
  ],
  [
    "science",
    list(String.raw`
      science; scientific\w*; mechanism\w*; biology; hypothesis; preclinical; research;
      wirkmechanismus; wissenschaft\w*; forschung; mecanisme; recherche; mecanismo; ciencia;
      investigacion; rationale; targets?
    `),
  ],
  [
    "financials",
    list(String.raw`
      financial\w*; projections?; forecasts?; p ?& ?l;
      revenues? (?:projection|forecast|growth|plan); projected; cash ?flow; budget; unit economics;
      income statement; key metrics; finanzplan\w*; finanzen; umsatz(?:planung|prognose)?;
      previsionnel; finances; finanzas; proyecci\w+; projec\w+ financeir\w+; balance sheet; p&l;
      year plan
    `),
  ],
  [
    "business_model",
    list(String.raw`
      business model\w*; revenue (?:model|streams?); pricing; monetiz\w+; how we make money;
      reimbursement; go[- ]to[- ]market\w*; gtm; sales strategy; marketing(?: strategy)?;
      distribution\w*; adoption strategy; geschaftsmodell; erstattung; vertrieb\w*; preise?;
      modele economique; remboursement; commercialisation; modelo de negoci\w+; reembolso; precios;
      partnerships?; sales; customer acquisition
    `),
  ],
  [
    "traction",
    list(`
      traction; milestones? (?:achieved|reached); achievements; results; progress; customers?;
      validation; metrics; press; testimonials?; case stud(?:y|ies); what (?:they|people) say;
      clients?; growth; meilensteine; ergebnisse; kunden; resultats; clients; traccion; resultados;
      tracao; partners; awards; to date; reservations; pilots?
    `),
  ],
  [
    "roadmap",
    list(`
      roadmap; time ?line; milestones?; next steps; plan; future; what'?s next; zeitplan; fahrplan;
      nachste schritte; feuille de route; jalons; prochaines etapes; hoja de ruta; hitos;
      proximos pasos; cronograma; development plan; vision; expansion
    `),
  ],
  [
    "team",
    list(String.raw`
      team; founders?; leadership; advis[oe]rs?; advisory board; management; board;
      people; gruender; grunder; beirat; equipe; fondateurs; equipo; fundador\w*; asesores;
      mentors?; nuestro equipo
    `),
  ],
  [
    "market",
    list(String.raw`
      markets?; market (?:size|opportunity|analysis|validation); tam; opportunity; addressable;
      industry; target (?:market|audience|customers?); segments?; markt\w*; zielgruppe; marches?;
      mercados?; oportunidade?; oportunidad; demand; trends?
    `),
  ],
  [
    "problem",
    list(String.raw`
      problems?; the problem; pain ?points?; pain; challenges?; unmet needs?; needs?; why now;
      status quo; current situation; issue; ausgangslage; herausforderung\w*; das problem;
      problemstellung; versorgungslucke; probleme; constat; besoins?; problemas?; necesidad;
      desafios?; background; burden
    `),
  ],
  [
    "solution",
    list(String.raw`
      solutions?; our solution; how we solve; value proposition; what we do; our answer; losung\w*;
      die losung; unsere losung; reponse; solucion(?:es)?; propuesta de valor; solucao;
      nossa solucao; benefits; introducing; platform; mission
    `),
  ],
  [
    "product",
    list(String.raw`
      products?; how (?:it|this|we) works?; technology; features?; demo;
      our (?:app|device|platform|technology); architecture; prototype; design; workflow;
      produkt\w*; so funktioniert\w*; technologie; funktionen; produits?; fonctionnement;
      productos?; como funciona; tecnologia; produtos?; mvp; intellectual property;
      patents?; ip; app; user (?:journey|experience|flow); integration
    `),
  ],
];
