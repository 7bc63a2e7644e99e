// The playlist editor: order by drag and by keyboard, languages and seconds per item, undo, one save with If-Match.
import Sortable from "sortablejs";
import { ask, toast } from "./api.js";
import { say } from "./texts.js";

let form;
let list;
let saved = "";

const items = () => [...list.children].filter((one) => one.matches(".item"));
const position = (item) => items().indexOf(item) + 1;

function body() {
  return {
    name: form.elements.playlist_name.value,
    items: items().map((item) => ({
      id: item.dataset.id || null,
      notice_id: item.dataset.notice,
      languages: [...item.querySelectorAll("[data-language-of]:checked")].map((box) => box.value),
      on_air_ms: Math.round(Number(item.querySelector("[data-seconds]").value)) * 1000,
    })),
  };
}

function span(milliseconds) {
  const total = Math.round(milliseconds / 1000);
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (hours) return say("span_h", { hours, minutes: String(minutes).padStart(2, "0") });
  if (minutes) return say("span_min", { minutes, seconds: String(seconds).padStart(2, "0") });
  return say("span_s", { seconds });
}

function look() {
  const now = body();
  const length = now.items.reduce((sum, item) => sum + item.on_air_ms * item.languages.length, 0);
  form.querySelector("[data-length]").textContent = say("loop_length", { items: now.items.length, length: span(length) });
  form.querySelector("[data-none]").hidden = now.items.length > 0;
  const dirty = JSON.stringify(now) !== saved;
  form.dataset.dirty = dirty ? "1" : "";
  form.querySelector("[data-changed]").textContent = dirty ? say("unsaved") : say("saved_state");
  form.querySelector("button[type=submit]").disabled = !dirty;
  form.querySelectorAll("[data-publish]").forEach((button) => (button.disabled = dirty || !button.dataset.publish));
  items().forEach((item, index, all) => {
    item.querySelector("[data-move=up]").disabled = index === 0;
    item.querySelector("[data-move=down]").disabled = index === all.length - 1;
    item.querySelector("[data-place]").textContent = index + 1;
  });
}

function announce(sentence) {
  form.querySelector("[data-said]").textContent = sentence;
}

/** Move an item by one place; focus stays on what was used, or on its neighbour at the end of the list. */
function move(item, by, focused) {
  const all = items();
  const target = all[all.indexOf(item) + by];
  if (!target) return;
  if (by < 0) target.before(item);
  else target.after(item);
  look();
  const wanted = focused && !focused.disabled ? focused : item.querySelector("[data-move]:not(:disabled)") ?? item;
  wanted.focus();
  item.scrollIntoView({ block: "nearest" });
  announce(say("moved", { title: item.dataset.title, place: position(item), count: all.length }));
}

function remove(item) {
  const next = item.nextElementSibling;
  (next ?? item.previousElementSibling)?.querySelector("[data-remove]")?.focus();
  item.remove();
  look();
  announce(say("removed", { title: item.dataset.title }));
  toast(say("removed", { title: item.dataset.title }), {
    name: say("undo"),
    run: () => {
      if (next?.isConnected) next.before(item);
      else list.append(item);
      look();
      item.querySelector("[data-remove]").focus();
    },
  });
}

function add(option) {
  const fresh = document.getElementById("new-item").content.firstElementChild.cloneNode(true);
  fresh.dataset.notice = option.dataset.add;
  fresh.dataset.title = option.dataset.title;
  fresh.querySelector("[data-title-place]").textContent = option.dataset.title;
  const languages = option.dataset.languages.split(" ");
  fresh.querySelectorAll("[data-language-of]").forEach((box) => {
    const has = languages.includes(box.value);
    box.checked = has;
    box.disabled = !has;
    if (box.value === "mul") box.closest("label").hidden = !has;
  });
  if (option.dataset.cover) {
    const picture = document.createElement("img");
    picture.src = option.dataset.cover;
    picture.alt = "";
    fresh.querySelector(".thumb").replaceChildren(picture);
  }
  if (option.dataset.seconds) fresh.querySelector("[data-seconds]").value = option.dataset.seconds;
  list.append(fresh);
  look();
  announce(say("added", { title: option.dataset.title, count: items().length }));
  toast(say("added", { title: option.dataset.title, count: items().length }));
}

async function save() {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const now = body();
  const mute = items().find((item) => !item.querySelector("[data-language-of]:checked"));
  if (mute) {
    problem.textContent = say("no_language", { title: mute.dataset.title });
    return;
  }
  try {
    const answer = await ask("PUT", form.dataset.playlist, now, { "If-Match": `"${form.dataset.rev}"` });
    form.dataset.rev = answer.rev;
    items().forEach((item, index) => (item.dataset.id = answer.items[index]?.id ?? ""));
    saved = JSON.stringify(body());
    look();
    announce(say("saved"));
    toast(say("saved"));
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
  }
}

export function install() {
  form = document.querySelector("form[data-playlist]");
  if (!form) return;
  list = form.querySelector("[data-items]");
  saved = JSON.stringify(body());
  Sortable.create(list, {
    handle: ".handle", draggable: ".item", ghostClass: "ghost", animation: 120, forceFallback: true,
    onEnd: ({ item }) => {
      look();
      announce(say("moved", { title: item.dataset.title, place: position(item), count: items().length }));
    },
  });
  form.addEventListener("input", look);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".item");
    const mover = event.target.closest("[data-move]");
    if (mover) move(item, mover.dataset.move === "up" ? -1 : 1, mover);
    else if (event.target.closest("[data-remove]")) remove(item);
  });
  list.addEventListener("keydown", (event) => {
    const item = event.target.closest(".item");
    if (!item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(item, event.key === "ArrowUp" ? -1 : 1, event.target);
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-add]");
    if (option) add(option);
  });
  window.addEventListener("beforeunload", (event) => form.dataset.dirty && event.preventDefault());
  look();
}
