/** Of the report that stands by itself: dark on white, made for paper first. */
export const htmlStyle = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem;background:#fff;color:#14171f;font:14px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
h1{margin:0 0 .25rem;font-size:1.6rem;line-height:1.2}
h2{margin:2rem 0 .6rem;padding-bottom:.25rem;border-bottom:2px solid #14171f;font-size:1.15rem}
h3{margin:1.2rem 0 .4rem;font-size:1rem}
p{margin:.3rem 0}
h1,h2,h3,p,td,li{overflow-wrap:anywhere}
.meta,.small{color:#454d5e;font-size:12.5px}
.partial{margin:1rem 0;padding:.6rem .9rem;border:2px solid #8a5300;background:#fcf0da}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th,td{padding:.4rem .6rem .4rem 0;border-bottom:1px solid #c9ced9;text-align:left;vertical-align:top}
thead th{color:#454d5e;font-size:12px;font-weight:600}
tbody th{font-weight:600}
.answers tbody th{width:19%}.answers td:nth-of-type(1){width:39%}.answers td:nth-of-type(2){width:8%}.answers td:nth-of-type(3){width:34%}
blockquote{margin:.25rem 0;padding-left:.6rem;border-left:3px solid #c9ced9;color:#454d5e;font-size:12.5px}
.mark,td:nth-last-child(2){white-space:nowrap}
.mark{display:inline-block;padding:0 .35rem;border:1px solid currentColor;border-radius:3px;font-size:11.5px;font-weight:600}
.critical,.conflict{color:#b3261e}.major,.flagged{color:#8a5300}.praise,.verified{color:#137a4b}.corrected{color:#3343bd}
ul{margin:.3rem 0;padding-left:1.1rem}
li{margin:.35rem 0}
.slide{display:grid;grid-template-columns:15rem minmax(0,1fr);gap:1rem;padding:1rem 0;border-bottom:1px solid #c9ced9}
.slide img{width:100%;border:1px solid #c9ced9;background:#fff}
.slide h3{margin-top:0}
footer{margin-top:2rem;color:#5d6678;font-size:12px}
@media (max-width:40rem){.slide{grid-template-columns:minmax(0,1fr)}}
@page{margin:16mm}
@media print{
body{max-width:none;padding:0;font-size:10.5pt}
.slide,tr,li,blockquote,figure{break-inside:avoid}
h2,h3{break-after:avoid}
footer{margin-top:1rem;break-before:avoid}
thead{display:table-header-group}
}
`;
