// The form that sends notices to approval: a yes to a question opens its step.
import { ask } from "../api.js";
import { say } from "../texts.js";

const ticked = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((one) => one.value);

function bodyOf(form) {
  const answers = { references: {} };
  const gloss = {};
  for (const question of form.querySelectorAll("[data-question]")) {
    const key = question.dataset.question;
    answers[key] = form.elements[key].value === "1";
    const number = form.elements[`number-${key}`]?.value.trim();
    if (!answers[key] || !number) continue;
    const media = form.elements[`file-${key}`]?.value;
    answers.references[key] = { number, issuer: form.elements[`issuer-${key}`].value.trim(), ...(media ? { media_id: media } : {}) };
  }
  for (const input of form.querySelectorAll("[name^=gloss-]")) if (input.value.trim()) gloss[input.name.slice(6)] = input.value.trim();
  const until = form.elements.show_until.value;
  return {
    notice_ids: ticked(form, "notice_ids"),
    site_ids: ticked(form, "site_ids"),
    panel_ids: ticked(form, "panel_ids"),
    note: form.elements.note.value,
    details: { answers, gloss },
    ...(until ? { show_until: new Date(`${until}T23:59:59`).toISOString() } : {}),
  };
}

// Returns the submission, or nothing where several were made: each prepared warning is one of its own.
async function send(form, body) {
  const warnings = [...form.querySelectorAll("[data-template]:checked")];
  if (!warnings.length) return ask("POST", "/api/v1/releases", body);
  for (const one of warnings) {
    await ask("POST", "/api/v1/releases", { ...body, notice_ids: [one.value], template: one.dataset.template });
    one.checked = false; // after a refusal, a second try sends only those that are left
  }
  return undefined;
}

async function submit(form) {
  const problem = form.querySelector(".problem");
  const body = bodyOf(form);
  problem.textContent = "";
  if (!body.notice_ids.length) problem.textContent = say("no_notice");
  else if (!body.site_ids.length && !body.panel_ids.length) problem.textContent = say("no_target");
  if (problem.textContent) return problem.scrollIntoView({ block: "nearest" });
  form.querySelector("[type=submit]").disabled = true;
  try {
    const made = await send(form, body);
    sessionStorage.setItem("bangtin-said", form.dataset.said);
    location.assign(made ? `/approvals/${made.id}` : "/approvals");
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
    form.querySelector("[type=submit]").disabled = false;
  }
  return undefined;
}

export function install() {
  document.querySelectorAll("form[data-submission]").forEach((form) => {
    form.addEventListener("change", () =>
      form.querySelectorAll("[data-step]").forEach((step) => (step.hidden = form.elements[step.dataset.step].value !== "1")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form);
    });
  });
}
