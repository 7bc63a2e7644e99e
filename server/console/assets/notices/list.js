// The list of notices: choosing several, and what can be done with them at once.
import { ask, say, toast, toLogin } from "../api.js";
import { sentenceOf } from "../texts.js";

const rows = () => [...document.querySelectorAll("[data-choose-row]")];
const chosen = () => rows().filter((one) => one.checked).map((one) => one.value);

function look() {
  const bar = document.querySelector("[data-chosen-bar]");
  if (!bar) return;
  const ids = chosen();
  bar.hidden = ids.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = say("chosen", { count: ids.length });
  const all = document.querySelector("[data-choose-all]");
  if (all) Object.assign(all, { checked: ids.length > 0 && ids.length === rows().length, indeterminate: ids.length > 0 && ids.length < rows().length });
}

async function act(button) {
  const ids = chosen();
  const [method, path] = button.dataset.bulkApi.split(" ");
  const [backMethod, backPath] = (button.dataset.bulkBack ?? "").split(" ");
  try {
    await ask(method, path, { notice_ids: ids });
    ids.forEach((id) => (document.getElementById(`notice-${id}`).hidden = true));
    rows().forEach((one) => (one.checked = false));
    look();
    const undo = () => ask(backMethod, backPath, { notice_ids: ids }).then(
      () => ids.forEach((id) => (document.getElementById(`notice-${id}`).hidden = false)),
      (error) => toast(error.message),
    );
    toast(button.dataset.said, backMethod && { name: say("undo"), run: undo });
  } catch (error) {
    toast(error.message);
  }
}

// The texts of the chosen notices as a file for translators.
async function download(button) {
  const asked = { notice_ids: chosen(), languages: ["en", "zh"], form: button.dataset.bulkFile };
  button.disabled = true;
  try {
    const answer = await fetch("/api/v1/translations/file", {
      method: "POST", body: JSON.stringify(asked), headers: { "Content-Type": "application/json" },
    });
    if (answer.status === 401) toLogin();
    if (!answer.ok) throw new Error(sentenceOf(await answer.json().catch(() => null)));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    toast(error.message);
  } finally {
    button.disabled = false;
  }
}

export function install() {
  if (!document.querySelector("[data-chosen-bar]")) return;
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) rows().forEach((one) => (one.checked = event.target.checked));
    if (event.target.matches("[data-choose-row], [data-choose-all]")) look();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-bulk-api]");
    if (button) act(button);
    const file = event.target.closest("[data-bulk-file]");
    if (file) download(file);
    if (event.target.closest("[data-bulk-none]")) {
      rows().forEach((one) => (one.checked = false));
      look();
    }
  });
  document.body.addEventListener("htmx:afterSettle", look);
  look();
}
