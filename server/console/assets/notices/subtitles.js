// Subtitles come from a file of the agency's: its text goes into the field, where it can still be mended.
import { say, toast } from "../api.js";

const MOST = 512 * 1024;

export function install(form) {
  form.addEventListener("click", (event) => {
    event.target.closest("[data-choose-subtitles]")?.parentElement.querySelector("input[type=file]").click();
  });
  form.addEventListener("change", async (event) => {
    const input = event.target.closest("[data-subtitles-file]");
    const [file] = input?.files ?? [];
    if (!file) return;
    if (file.size > MOST) return toast(say("subtitles_too_large"));
    const field = document.getElementById(input.dataset.subtitlesFile);
    field.value = new TextDecoder().decode(await file.arrayBuffer()).replace(/\r\n?/g, "\n");
    input.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
