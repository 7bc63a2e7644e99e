// The media library: choosing many files and doing one thing with them.
import { ask, say, toast } from "./api.js";

const chosen = () => [...document.querySelectorAll("[data-pick-media]:checked")].map((box) => box.value);

function shown(bar) {
  const count = chosen().length;
  bar.hidden = count === 0;
  bar.querySelector("[data-count]").textContent = say("library_chosen", { count });
}

const SAID = {
  tag: (count) => say("library_tag", { count }),
  untag: (count) => say("library_untag", { count }),
  trash: (count) => say("library_trash", { count }),
  restore: (count) => say("library_restore", { count }),
};

function refresh() {
  document.body.dispatchEvent(new Event("uploaded"));
}

async function act(bar, action) {
  const body = { media_ids: chosen(), action };
  if (action === "tag" || action === "untag") body.tags = bar.querySelector("[name=tag]").value.split(",").map((tag) => tag.trim()).filter(Boolean);
  try {
    const done = await ask("POST", "/api/v1/library/bulk", body);
    refresh();
    const said = [SAID[action](done.changed.length)];
    if (done.still_used.length) said.push(say("library_still_used", { count: done.still_used.length }));
    const back = { trash: "restore", restore: "trash" }[action];
    const undo = back && { name: say("undo"), run: () => ask("POST", "/api/v1/library/bulk", { media_ids: done.changed, action: back }).then(refresh, (error) => toast(error.message)) };
    toast(said.join(" "), undo);
  } catch (error) {
    toast(error.message);
  }
}

export function install() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  document.addEventListener("change", (event) => event.target.matches("[data-pick-media]") && shown(bar));
  bar.addEventListener("click", (event) => {
    const action = event.target.closest("[data-act]")?.dataset.act;
    if (action === "none") document.querySelectorAll("[data-pick-media]").forEach((box) => (box.checked = false));
    else if (action) act(bar, action);
    if (action) shown(bar);
  });
  document.body.addEventListener("htmx:afterSettle", () => shown(bar));
}
