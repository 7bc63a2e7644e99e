// Installing a signed root from a file, and looking through keys without minding accents.
import { ask } from "../api.js";
import { reloadSaying } from "../said.js";
import { say } from "../texts.js";

const MOST_BYTES = 400_000;

async function install_(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const file = form.elements.root.files[0];
  let envelope;
  try {
    if (file.size > MOST_BYTES) throw new SyntaxError();
    envelope = JSON.parse(await file.text());
  } catch {
    problem.textContent = say("no_root_file");
    return;
  }
  try {
    await ask("POST", "/api/v1/trust/roots", envelope);
    reloadSaying(form.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
  }
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

function filter(input) {
  const words = fold(input.value).split(/\s+/);
  for (const row of document.querySelectorAll(`${input.dataset.filterRows} > li`)) {
    const text = fold(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
  }
}

export function install() {
  document.querySelectorAll("form[data-root-file]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      install_(form);
    }),
  );
  document.addEventListener("input", (event) => event.target.matches("[data-filter-rows]") && filter(event.target));
}
