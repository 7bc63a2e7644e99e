// Work orders that were seen stay readable without a link: for one person, until they log out or somebody else logs in.
import { say } from "../texts.js";
import { countWaiting } from "./outbox.js";

const CACHE = "bangtin-orders";
const PERSON = "bangtin-orders-of";
const WORKER = "/static/worker.js";
const SCOPE = "/work-orders";

/** Forget every kept page and picture of this browser. */
export async function forget() {
  try {
    localStorage.removeItem(PERSON);
    await globalThis.caches?.delete(CACHE);
  } catch {
    /* a browser that keeps nothing has nothing to forget */
  }
}

/** Keep this page, what it is drawn with and its photos; what another person kept goes first. */
export async function keepPage(person) {
  if (!("serviceWorker" in navigator) || !globalThis.caches) return;
  if (localStorage.getItem(PERSON) !== person) await forget();
  localStorage.setItem(PERSON, person);
  await navigator.serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
  const cache = await caches.open(CACHE);
  const drawn = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((one) => one.href);
  const run = [...document.scripts].map((one) => one.src).filter(Boolean);
  const fonts = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.startsWith(`${location.origin}/static/`));
  const photos = [...document.querySelectorAll(".photos img")].map((one) => one.src);
  for (const address of new Set([location.pathname, ...drawn, ...run, ...fonts, ...photos])) {
    if (!(await cache.match(address, { ignoreVary: true }))) await cache.add(address).catch(() => {});
  }
}

/** Ask before a logout when forms still wait, and forget the pages; resolves to whether to log out. */
export async function mayLeave() {
  const count = await countWaiting();
  if (count && !confirm(say("outbox_logout", { count }))) return false;
  await forget();
  return true;
}
