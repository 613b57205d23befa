import { list } from "./list.ts";

/** Words that titles and covers are made of: a text of these alone is no company's name. */
export const genericNameWords: ReadonlySet<string> = new Set(
  list(`
    pitch; deck; investor; investors; presentation; briefing; confidential; private; proprietary; company; overview; summary; executive;
    introduction; agenda; team; founder; founders; cofounder; advisory; advisors; board; about; us; our; contact; thank; thanks; you; welcome; problem; solution;
    product; products; market; markets; marketing; size; competition; competitive; competitors; competitor; advantage; advantages; business; model; revenue; revenues; pricing; traction;
    roadmap; timeline; milestones; financial; financials; finance; projection; projections; ask; funding; funds; fund; use; proceeds; round; seed; pre; series; angel;
    raise; raising; investment; opportunity; opportunities; go; strategy; sales; technology; platform; app; application; demo; how; works; why; now; what; who; vision; mission; goals; goal;
    next; steps; plan; plans; risk; risks; legal; disclaimer; appendix; source; sources; slide; page; draft; version; strictly; copyright; rights; reserved; all; rev;
    patient; patients; clinical; regulatory; science; evidence; results; data; study; customers; customer; users; user; partners; partner; press; testimonials; validation; impact; benefits; features; key;
    january; february; march; april; may; june; july; august; september; october; november; december; spring; summer; autumn; fall; winter; today; year; years; month; months; week; weeks; day; days;
    ceo; cto; coo; cfo; cmo; vp; phd; md; mba; email; mail; phone; tel; website; web; www; com; questions; challenge; challenges; hackathon; award; world; global; health; healthcare; medical;
    usa; us; uk; eu; europe; america; american; americans; germany; iceland; india; fda; ce; gdpr; hipaa; iso; tam; sam; som; ai; ip; kpi; roi; saas; b2b; b2c; api; faq; mvp; poc; total; first; second; third; new; existing; future; current;
    content; contents; outline; story; inhalt; sommaire; contenido; contenidos; conteudo; obsah; spis; indice; problema; solucao; solucion; mercado; equipe; equipo; publico; impacto; desafio; produtividade; diagnostico; ranking; sistema; alerta; losung; markt; wettbewerb; kontakt; probleme; marche; inteligencia; artificial; nuestro; nossa; hospital; hospitals; email; sign; log;
    gpt; chatgpt; openai; covid; corona; blockchain; nft; nfts; iot; ar; vr; llm; ml; web3; crypto; internet; cloud; international; students; people; european; union; states; united;
    started; begin; begins; started; it; index; menu; notes; quick; questions; question; pitchdeck; mvp; discussion; conclusion; conclusions; problematica; equipa; obrigado; gracias; danke; merci;
    financing; adoption; distribution; channels; stage; phase; growth; annual; monthly; report; analysis; research; service; services; offering; model; tools; design; development; implementation; working; prototype; home; menu; search; news; support; help; make; save; share; money; time; cost; costs; low; high; yes; no; others; other; based; consumer; consumers; gyms; gym; technical; architecture; workflow; engineering;
    capital; buildathon; inc; corp; llc; ltd; limited; gmbh; pvt; pty; pte; plc
  `),
);

/** Mail hosts, networks and builders: their domain is never the company's own. */
export const domainHosts: ReadonlySet<string> = new Set(
  list(`
    gmail; googlemail; google; yahoo; hotmail; outlook; live; msn; icloud; aol; gmx; web; proton; protonmail; linkedin; twitter; facebook; instagram; youtube; github; gitlab;
    medium; wikipedia; canva; slideshare; notion; figma; calendly; typeform; dropbox; apple; microsoft; amazon; crunchbase; statista; bloomberg; forbes; techcrunch; nytimes;
    pubmed; ncbi; nih; fda; who; cdc; clinicaltrials; europa; example; bit; docs; drive; doi; arxiv; nature; reuters
  `),
);
