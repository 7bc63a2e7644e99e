// Exchange: copying days, calendar addresses, and files of other calendar programs; what would happen is shown first.
import { ask, toast } from "./api.js";
import { reloadSaying } from "./said.js";
import { language, say } from "./texts.js";

const ENTRIES = "/api/v1/schedule/entries";

const lines = (texts) => texts.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const ticked = (form, name) => [...form.querySelectorAll(`[name=${name}]:checked:not(:disabled)`)].map((box) => box.value);

/** Run what a form asks for: first as a trial, whose answer allows the second button, then for good. */
function inTwoSteps(form, send) {
  const second = form.querySelector("[value=do]");
  const problem = form.querySelector(".problem");
  form.addEventListener("input", () => (second.disabled = true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const dryRun = event.submitter?.value !== "do";
    try {
      const found = await send(dryRun);
      second.disabled = !dryRun || !found;
    } catch (error) {
      problem.textContent = error.message;
      problem.scrollIntoView({ block: "nearest" });
    }
  });
}

// ---- copying days

async function undo(form, copies) {
  try {
    await Promise.all(copies.map((one) => ask("DELETE", `${ENTRIES}/${one.entry_id}`)));
    form.querySelector("[data-copies]").replaceChildren();
  } catch (error) {
    toast(error.message);
  }
}

function copying(form) {
  inTwoSteps(form, async (dryRun) => {
    const { first, last, to } = form.elements;
    const body = { panel_ids: ticked(form, "panel_ids"), first: first.value, last: last.value, to: to.value, dry_run: dryRun };
    const answer = await ask("POST", "/api/v1/schedule/copy", body);
    const made = answer.copies.map((one) => `${one.playlist_name}: ${one.sentences[language]} (${filled(form.dataset.times, { count: one.times })})`);
    const left = answer.left_out ? [filled(form.dataset.leftOut, { count: answer.left_out })] : [];
    form.querySelector("[data-copies]").replaceChildren(...lines([...(made.length ? made : [form.dataset.nothing]), ...left]));
    if (!dryRun) toast(form.dataset.said, { name: say("undo"), run: () => undo(form, answer.copies) });
    return made.length;
  });
}

// ---- addresses

async function newFeed(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const [name, id] = form.elements.of.value.split(":");
  try {
    const feed = await ask("POST", "/api/v1/calendar-feeds", { [name]: id, name: form.elements.name.value });
    form.querySelector("[data-secret]").hidden = false;
    form.querySelector("[data-url]").value = feed.url;
    form.querySelector("[data-url]").select();
  } catch (error) {
    problem.textContent = error.message;
  }
}

async function copyUrl(button) {
  const input = button.parentElement.querySelector("[data-url]");
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    toast(button.dataset.said);
  } catch {
    input.focus();
  }
}

// ---- files

function report(form, made, complaints) {
  form.querySelector("[data-made]").replaceChildren(...lines(made.length ? made : [form.dataset.nothing]));
  form.querySelector("[data-complaints]").replaceChildren(...lines(complaints.map((one) => filled(form.dataset.line, one))));
}

function importing(form) {
  const show = () => form.querySelectorAll("[data-when]").forEach((one) => {
    one.hidden = form.elements.where.value !== "chosen";
    one.querySelectorAll("input").forEach((input) => (input.disabled = one.hidden));
  });
  form.addEventListener("change", show);
  show();
  inTwoSteps(form, async (dryRun) => {
    const targets = { panels: ticked(form, "panels"), sites: ticked(form, "sites"), tags: ticked(form, "tags") };
    if (form.elements.where.value === "chosen" && !Object.values(targets).flat().length) throw new Error(say("no_target"));
    const agency = form.elements.agency_id?.value;
    const body = { playlist_id: form.elements.playlist_id.value, targets, ics: await form.elements.ics.files[0].text(), dry_run: dryRun, ...(agency ? { agency_id: agency } : {}) };
    const answer = await ask("POST", "/api/v1/schedule/import", body);
    report(form, answer.entries.map((one) => `${one.title || "—"}: ${one.sentences[language]}`), answer.complaints);
    if (!dryRun) toast(form.dataset.said);
    return answer.entries.length;
  });
}

function importingDays(form) {
  inTwoSteps(form, async (dryRun) => {
    const year = Number(form.dataset.yearOf);
    const body = { ics: await form.elements.ics.files[0].text(), first_year: year, last_year: year, kind: form.elements.kind.value, dry_run: dryRun };
    const answer = await ask("POST", form.dataset.importDays, body);
    report(form, answer.added.map((one) => `${one.date} ${one.name}`), answer.complaints);
    if (!dryRun) reloadSaying(form.dataset.said);
    return answer.added.length;
  });
}

export function install() {
  document.querySelectorAll("form[data-copy]").forEach(copying);
  document.querySelectorAll("form[data-import]").forEach(importing);
  document.querySelectorAll("form[data-import-days]").forEach(importingDays);
  document.querySelector("form[data-feed]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    newFeed(event.target);
  });
  document.querySelector("[data-copy-url]")?.addEventListener("click", (event) => copyUrl(event.target));
}
