// The page behind an invitation's link: the secret stands after the # and never reaches a log.
import { ask } from "../api.js";

export function install() {
  const box = document.querySelector("[data-invitation]");
  if (!box) return;
  const secret = location.hash.slice(1);
  const form = box.querySelector("form");
  const problem = box.querySelector(".problem");
  document.querySelectorAll("[data-keep-secret]").forEach((link) => (link.href += location.hash));

  ask("POST", "/api/v1/invitations/look", { secret }).then(
    (seen) => {
      form.querySelector("[data-name]").textContent = seen.display_name;
      form.elements.username.value = seen.username;
      form.querySelector("[data-new]").hidden = seen.is_reset;
      form.querySelector("[data-again]").hidden = !seen.is_reset;
      form.hidden = false;
      form.elements.password.focus();
    },
    (error) => {
      if (error.status === 404 || error.status === 422) box.querySelector("[data-void]").hidden = false;
      else problem.textContent = error.message;
    },
  );

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    problem.textContent = "";
    button.disabled = true;
    try {
      const done = await ask("POST", "/api/v1/invitations/take", { secret, password: form.elements.password.value });
      location.assign(done.me ? "/" : "/login");
    } catch (error) {
      problem.textContent = error.message;
      button.disabled = false;
    }
  });
}
