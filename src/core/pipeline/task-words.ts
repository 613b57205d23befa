const words: Record<string, string> = {
  visual_analysis: "Reading the slides",
  slide_feedback: "Reviewing the slides",
  extractions_and_template: "Extracting the facts and answering the questions",
  specialized_clinical: "Clinical analysis",
  specialized_regulatory: "Regulatory analysis",
  specialized_science: "Science analysis",
};

/** What a task does, to begin a sentence with; a task of another pack goes by its own name. */
export const taskWords = (task: string): string =>
  words[task] ?? task.charAt(0).toUpperCase() + task.slice(1).replaceAll("_", " ");
