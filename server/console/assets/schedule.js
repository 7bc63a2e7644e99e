// A panel's week: every change sends the whole week, based on the revision that the page shows.
import { ask } from "./api.js";
import { bodyOf } from "./forms.js";
import { reloadSaying } from "./said.js";

const entriesOf = (form) => [...form.querySelectorAll("[data-entry]")].map((row) => JSON.parse(row.dataset.entry));

async function save(form, entries) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const body = { default_playlist_id: form.elements.default_playlist_id.value || null, entries };
  try {
    await ask("PUT", form.dataset.schedule, body, { "If-Match": `"${form.dataset.rev}"` });
    reloadSaying(form.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
  }
}

export function install() {
  const form = document.querySelector("form[data-schedule]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, entriesOf(form));
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop-entry]");
    if (!button || !confirm(button.dataset.sure)) return;
    const gone = button.closest("[data-entry]").dataset.entry;
    save(form, entriesOf(form).filter((one) => JSON.stringify(one) !== JSON.stringify(JSON.parse(gone))));
  });
  document.querySelector("form[data-window]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, [...entriesOf(form), bodyOf(event.target)]);
  });
}
