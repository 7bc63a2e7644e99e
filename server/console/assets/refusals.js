// What a form was refused for stays although its page draws itself anew meanwhile; the next try clears it.
const kept = new Map();
const nameOf = (form) => [form.dataset.api, ...[...form.querySelectorAll("input[type=hidden]")].map((one) => one.value)].join(" ");

/** Say why a form was refused; where it was drawn anew since it was sent, at the form that took its place. */
export function refuse(form, text) {
  const name = nameOf(form);
  const place = form.isConnected ? form : [...document.querySelectorAll("form[data-api]")].find((one) => nameOf(one) === name);
  const problem = place?.querySelector(".problem");
  if (!problem) return false;
  problem.textContent = text;
  problem.scrollIntoView({ block: "nearest" });
  return true;
}

function keep() {
  for (const problem of document.querySelectorAll("form[data-api] .problem:not(:empty)")) {
    kept.set(nameOf(problem.closest("form")), problem.textContent);
  }
}

function sayAgain() {
  for (const problem of document.querySelectorAll("form[data-api] .problem:empty")) {
    problem.textContent = kept.get(nameOf(problem.closest("form"))) ?? "";
  }
  kept.clear();
}

export function install() {
  document.body.addEventListener("htmx:beforeSwap", keep);
  document.body.addEventListener("htmx:afterSwap", sayAgain);
}
