const light = `color-scheme:light;--bg:#f6f7f9;--surface:#fff;--sunken:#eff1f5;--line:#e0e3ea;--ink:#14171f;--ink-2:#454d5e;--ink-3:#5d6678;--s0:#3b4fd8;--s1:#96660a;--s2:#0c7d82;--s3:#ae3a88;--s4:#137a4b;--s5:#6b7488;--s6:#b3261e;--vision:#2f6fd0;--text:#0c7d82;--shared:#7a4fd0;--idle:#c9cfdb;--cold:#d9a23f`;
const dark = `color-scheme:dark;--bg:#0d0f14;--surface:#14171e;--sunken:#1b1f28;--line:#282d39;--ink:#eceef3;--ink-2:#b6bdcb;--ink-3:#939bac;--s0:#8192ff;--s1:#d9a23f;--s2:#3fbfc0;--s3:#f08cc8;--s4:#4fc48c;--s5:#8d97ab;--s6:#ff8f86;--vision:#6ea8ff;--text:#3fbfc0;--shared:#b394ff;--idle:#39404f;--cold:#c08a2c`;

const series = Array.from(
  { length: 7 },
  (_, n) => `.mark.s${n},.bar.s${n},.key.s${n}{fill:var(--s${n})}.curve.s${n}{stroke:var(--s${n})}`,
).join("");

/** The whole style of the page. It names nothing outside, and paper gets the light colours. */
export const style = `
:root{${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1040px;margin:0 auto;padding:32px 20px 56px}
h1{overflow-wrap:anywhere;font-size:26px;line-height:1.2;margin:0 0 4px}
h2{font-size:18px;margin:36px 0 6px}
h3{font-size:14px;font-weight:600;margin:18px 0 4px;overflow-wrap:anywhere}
p{margin:4px 0 12px;color:var(--ink-2);max-width:75ch}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:10px 24px;margin:18px 0 0}
dt{font-size:12px;color:var(--ink-3)}
dd{margin:0;overflow-wrap:anywhere}
.card{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin:10px 0}
.wide{overflow-x:auto}
@media screen and (max-width:700px){.plot svg{min-width:640px}}
.wide:focus-visible,summary:focus-visible{outline:2px solid var(--s0);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--ink-3);font-size:12.5px;padding-bottom:8px}
th,td{padding:7px 10px;text-align:right;vertical-align:top;border-top:1px solid var(--line);white-space:nowrap}
thead th{border-top:0;font-weight:600;color:var(--ink-2);font-size:12.5px;vertical-align:bottom;white-space:normal}
thead th[scope=colgroup]{text-align:center;border-bottom:1px solid var(--line)}
thead tr+tr th{white-space:nowrap}
th[scope=row],th.name{text-align:left;font-weight:600;white-space:normal;min-width:140px}
td small{display:block;color:var(--ink-3);font-size:11.5px}
td.best{font-weight:700}
td.best small{font-weight:400}
.hours{display:flex;height:8px;width:120px;margin:6px 0 2px auto;border-radius:4px;overflow:hidden;background:var(--sunken)}
.hours i{display:block}
.hours .busy{background:var(--s4)}.hours .cold{background:var(--cold)}.hours .idle{background:var(--idle)}
.figures{font-size:11.5px;color:var(--ink-3)}
svg{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
svg text{fill:var(--ink-2)}
.tick{fill:var(--ink-3)}.tiny{font-size:9.5px;fill:var(--ink-3)}.axis{font-size:12.5px}.note{font-size:11px;fill:var(--ink-3)}
.grid{stroke:var(--line);stroke-width:1}
.curve{fill:none;stroke-width:1.5;opacity:.75}
.curve.ours{stroke-width:3;opacity:1}
.mark{stroke:var(--surface);stroke-width:1.2}
.lane{fill:var(--sunken)}
.arrivals{stroke:var(--ink-3);stroke-width:1;fill:none;opacity:.7}
.on.p-vision{fill:var(--vision)}.on.p-text{fill:var(--text)}.on.p-shared,.on.p-dedicated{fill:var(--shared)}
.hatch{fill:var(--cold)}
${series}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:10px 0 0;padding:0;font-size:13px;color:var(--ink-2)}
.key svg{display:inline-block;width:16px;height:14px;vertical-align:-2px;margin-right:6px}
.grid3{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:8px 20px}
figure{margin:0;min-width:0}
figcaption{font-size:13px;font-weight:600;overflow-wrap:anywhere;margin-bottom:4px}
details{margin-top:10px;font-size:13.5px}
summary{cursor:pointer;color:var(--ink-2)}
footer{margin-top:40px;font-size:12.5px;color:var(--ink-3)}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}.card{break-inside:avoid;border-color:#ccc}h2,h3,figcaption{break-after:avoid}figure{break-inside:avoid}.wide{overflow:visible}table{font-size:8.5pt}th,td{padding:4px 5px}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
