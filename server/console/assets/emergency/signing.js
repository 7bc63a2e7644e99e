// Buttons that sign what waits with the reader's passkey.
import { sign } from "../trust/signing.js";

async function press(button) {
  const problem = document.querySelector("[data-sign-problem]");
  if (problem) problem.textContent = "";
  button.disabled = true;
  try {
    await sign(button.dataset.sign);
    location.assign(button.dataset.go);
  } catch (error) {
    if (problem) problem.textContent = error.message;
    problem?.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
}

export function install() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sign]");
    if (button) press(button);
  });
}
