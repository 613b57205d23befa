/** Frequent small words by language: enough of them tell a language, and they never tell a topic. */
export const stopWords: Readonly<Record<string, readonly string[]>> = {
  en: "the and of to in is for with that on are we our by from this it as be have not you can your at or an will their who which more than has was but they all its how what about into".split(
    " ",
  ),
  de: "der die das und ist nicht mit von für auf ein eine einen einem einer wir sie den dem des zu im sich auch als bei nach wird werden sind oder aus durch unsere unser über mehr kann wie zum zur haben".split(
    " ",
  ),
  fr: "le la les des et est une un du pour dans nous sur avec par qui que au aux ce cette sont plus notre nos vous votre pas ou leur leurs mais comme être".split(
    " ",
  ),
  es: "el la los las de y es una un en para con por que del se su sus nuestro nuestra nuestros como más lo al son sin sobre este esta pero hay está cada entre".split(
    " ",
  ),
  pt: "o a os as de e é uma um em para com por que do da dos das se seu sua nosso nossa como mais ao são sem sobre este esta mas não há no na nos nas pelo pela você".split(
    " ",
  ),
  it: "il lo la gli le di e è una un in per con che del della dei delle si su nostro nostra come più al sono senza questo questa ma non nel nella alla dal".split(
    " ",
  ),
  nl: "de het een en is van voor met op in dat zijn wij we onze niet aan door bij naar ook als uit over meer worden kan hoe deze dit maar te om".split(
    " ",
  ),
};

/** Of all languages together, folded: left out of searches and of names. */
export const allStopWords: ReadonlySet<string> = new Set(
  Object.values(stopWords)
    .flat()
    .map((word) =>
      word
        .normalize("NFKD")
        .replace(/\p{M}+/gu, "")
        .toLowerCase(),
    ),
);
