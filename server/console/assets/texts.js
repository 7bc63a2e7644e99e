// The page's words in the reader's language; the server puts them into a block of data that no browser runs.
const words = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
export const language = words.language ?? "vi";

/** Return a sentence of the page's language, its {names} filled in. */
export function say(name, values = {}) {
  const sentence = words.sentences?.[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** Return the locale in which dates are written: British where the page is English. */
export function locale() {
  return language === "en" ? "en-GB" : document.documentElement.lang;
}

/** Return what people shall read of an RFC 9457 problem: its own sentence, the code's, or its detail. */
export function sentenceOf(problem) {
  return problem?.sentences?.[language] ?? words.problems?.[problem?.code] ?? problem?.detail ?? say("unreachable");
}
