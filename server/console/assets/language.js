// Files that go to translators and come back, and lists of terms: first a trial with its report, then for good.
import { toLogin, toast } from "./api.js";
import { bodyOf } from "./forms.js";
import { reloadSaying } from "./said.js";
import { language, say, sentenceOf } from "./texts.js";

const words = JSON.parse(document.getElementById("report-words")?.textContent ?? "{}");
const filled = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function answerOf(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error(say("unreachable"));
  }
  if (answer.ok) return answer;
  if (answer.status === 401) toLogin();
  throw new Error(sentenceOf(await answer.json().catch(() => null)));
}

// ---- out

async function download(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  try {
    const headers = { "Content-Type": "application/json", Accept: "*/*" };
    const answer = await answerOf(form.dataset.download, { method: "POST", headers, body: JSON.stringify(bodyOf(form)) });
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    problem.textContent = error.message;
  }
}

// ---- back

const pieceName = (piece) => {
  const [kind, number, part] = piece.split(".");
  return filled(words.pieces?.[part ?? kind] ?? piece, { number });
};

function row(cells) {
  const made = element("tr");
  for (const cell of cells) {
    const place = element("td");
    place.append(...[cell].flat());
    made.append(place);
  }
  return made;
}

const outcomeName = (outcome, answer) => (answer.dry_run && words.tried[outcome]) || words.outcomes[outcome];

function translationRow(text, answer) {
  const state = element("span", outcomeName(text.outcome, answer), `state ${words.tones[text.outcome] ?? ""}`);
  const warnings = element("ul");
  warnings.append(...text.warnings.map((one) => element("li", filled(words.warnings[one.code], one))));
  const where = [text.title, pieceName(text.piece), words.languages[text.language]].filter(Boolean).join(" · ");
  return row([String(text.line), where, [element("span", text.sent), ...(text.warnings.length ? [warnings] : [])], state]);
}

const listRow = (line, answer) => row([String(line.line), line.vi, element("span", line.sentences[language] ?? ""), element("span", outcomeName(line.outcome, answer), line.outcome === "refused" ? "state bad" : "state")]);

const REPORTS = {
  translations: (answer) => ({
    counts: answer.counts,
    answer,
    rows: answer.texts.filter((one) => !["unchanged", "empty"].includes(one.outcome)).map((one) => translationRow(one, answer)),
    takes: answer.counts.taken + answer.counts.source_changed + answer.counts.translation_changed,
  }),
  list: (answer) => {
    const counts = {};
    for (const one of answer.lines) counts[one.outcome] = (counts[one.outcome] ?? 0) + 1;
    return { counts, answer, rows: answer.lines.filter((one) => one.outcome !== "unchanged").map((one) => listRow(one, answer)), takes: (counts.added ?? 0) + (counts.changed ?? 0) };
  },
};

function show(form, report) {
  const counts = element("p", undefined, "counts");
  for (const [outcome, count] of Object.entries(report.counts)) if (count) counts.append(element("span", `${outcomeName(outcome, report.answer)}: ${count}`));
  const table = element("table", undefined, "report");
  table.append(...report.rows);
  form.querySelector("[data-result]").replaceChildren(counts, ...(report.rows.length ? [table] : []));
}

async function send(form, dryRun) {
  const [file] = form.elements.file.files;
  if (file.size > Number(form.dataset.most)) throw new Error(words.too_large);
  const headers = { "Content-Type": "application/octet-stream", Accept: "application/json" };
  const answer = await answerOf(`${form.dataset.fileTo}?dry_run=${dryRun}`, { method: "POST", headers, body: file });
  return REPORTS[form.dataset.report](await answer.json());
}

function takingFiles(form) {
  const second = form.querySelector("[value=do]");
  const problem = form.querySelector(".problem");
  form.addEventListener("change", () => (second.disabled = true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const dryRun = event.submitter?.value !== "do";
    try {
      const report = await send(form, dryRun);
      show(form, report);
      second.disabled = !dryRun || !report.takes;
      if (!dryRun && form.dataset.report === "list") reloadSaying(form.dataset.said);
      else if (!dryRun) toast(form.dataset.said);
    } catch (error) {
      problem.textContent = error.message;
      problem.scrollIntoView({ block: "nearest" });
    }
  });
}

document.querySelectorAll("form[data-file-to]").forEach(takingFiles);
document.querySelectorAll("form[data-download]").forEach((form) =>
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    download(form);
  }),
);
