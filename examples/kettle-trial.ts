import type { Paper } from "./papers.ts";

/** A made-up randomised trial in English, in two columns. Nothing in it was ever measured. */
export const kettleTrial: Paper = {
  running: "Halden et al. Journal of Imagined Medicine (2026) 4:118",
  columns: 2,
  date: new Date("2026-03-12T09:00:00Z"),
  head: [
    "Journal of Imagined Medicine, volume 4, article 118",
    "https://doi.org/10.5555/jim.2026.0118",
    "Received: 14 October 2025; Accepted: 20 February 2026; Published: 12 March 2026",
  ],
  title:
    "Warm mist inhalation at home for adults with chronic cough: a randomised controlled trial",
  authors: "Marit Halden1, Tomas van Rijn1,2, Ada Okoye3 and José Ferreira2*",
  affiliations: [
    "1 Department of Respiratory Medicine, University of Norvik",
    "2 Institute for Airway Research, Lisbon",
    "3 School of Public Health, Port Harlan",
    "* Corresponding author: jose.ferreira@airway-research.example",
  ],
  sections: [
    {
      title: "Abstract",
      text: "Chronic cough affects about one adult in ten and few treatments help. We tested whether warm mist inhalation twice a day at home reduces cough. Adults with cough for more than eight weeks were randomly assigned to warm mist or to room air from the same device.\nAmong 212 participants (n = 212) the cough score after six weeks fell by 18.4 points with warm mist and by 11.1 points with room air (mean difference 7.3, 95% CI 3.9 to 10.7). Adverse events were few and alike in both groups.\nWarm mist at home reduced chronic cough to a degree that patients notice.",
    },
    {
      title: null,
      text: "Keywords: chronic cough; inhalation; home treatment; randomised trial",
    },
    {
      title: "1 Introduction",
      text: "Cough that lasts longer than eight weeks is one of the most frequent reasons to see a doctor. An earlier study of 40 patients (n = 40) saw a benefit of steam, but had no control group [1].",
    },
    {
      title: "2 Methods",
      text: "The trial was registered before the first participant was enrolled (NCT09876543). The Regional Ethics Committee approved the protocol, and all participants gave written consent.\nAdults aged 18 to 80 with cough for more than eight weeks and a normal chest film were eligible. Smokers and people with asthma were excluded. Participants were recruited in three clinics between May 2024 and March 2025; 340 were screened.\nAllocation was by a computer list in blocks of four, kept by a pharmacist who saw no participant. Participants and outcome assessors were blinded; the devices looked and sounded the same.\nThe primary outcome was the change in the cough score after six weeks. A sample size of 200 gives a power of 90% to find a difference of six points.",
    },
    {
      title: "3 Results",
      text: "Of 220 adults who were randomly assigned, eight withdrew before the first visit. The primary outcome favoured warm mist (mean difference 7.3 points, 95% CI 3.9 to 10.7, p < 0.001). Four participants with warm mist and three with room air had adverse events, none of them serious.",
    },
    {
      title: "4 Discussion",
      text: "The effect is larger than the smallest change that patients notice. Limitations are the short time of six weeks and that all clinics lie in one country.",
    },
    {
      title: "5 Conclusions",
      text: "Warm mist inhalation at home reduces chronic cough within six weeks. Whether the effect lasts is not known.",
    },
    {
      title: "Funding",
      text: "This work was funded by the Norvik Research Council (grant 2023-417). The funder had no part in design or analysis.",
    },
    {
      title: "Competing interests",
      text: "Tomas van Rijn holds shares in Mistworks BV, which made the devices. The other authors declare no competing interests.",
    },
    {
      title: "Data availability",
      text: "Data and code are publicly available in the repository of the University of Norvik.",
    },
    {
      title: "References",
      text: "1. Steam for cough: a case series. Annals of Imagined Care 2019. https://doi.org/10.5555/aic.2019.7\n2. Measuring cough. Imagined Methods 2021. https://doi.org/10.5555/im.2021.33",
    },
  ],
  table: {
    caption: "Table 1. Participants at the start",
    rows: [
      ["", "Warm mist", "Room air"],
      ["Participants", "106", "106"],
      ["Women", "61 (58%)", "64 (60%)"],
      ["Cough score", "54.2", "53.8"],
    ],
  },
};
