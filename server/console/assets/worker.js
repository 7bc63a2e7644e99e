// Opens work orders that were seen before when there is no link. Only these pages, their files and their photos pass
// here; a page that comes from the server takes the place of the kept one, and what is too old is not shown.
const CACHE = "bangtin-orders";
const KEPT_MS = 3 * 24 * 3600 * 1000;
const PATIENCE_MS = 8000;
const PAGE = /^\/work-orders(\/[0-9a-f-]{36})?$/;
const FILE = /^\/static\/|^\/api\/v1\/work-orders\/[0-9a-f-]{36}\/photos\/[0-9a-f-]{36}\/picture$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (PAGE.test(address.pathname)) event.respondWith(page(event, address));
  } else if (FILE.test(address.pathname)) {
    event.respondWith(file(request));
  }
});

async function page(event, address) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address.pathname, { ignoreVary: true });
  const isFresh = kept && Date.now() - Date.parse(kept.headers.get("Date")) < KEPT_MS;
  const giveUp = new AbortController();
  const timer = isFresh ? setTimeout(() => giveUp.abort(), PATIENCE_MS) : null;
  try {
    const answer = await fetch(event.request, { signal: giveUp.signal });
    if (answer.ok && answer.type === "basic" && !address.search) event.waitUntil(cache.put(address.pathname, answer.clone()));
    return answer;
  } catch (error) {
    if (isFresh) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  return kept ?? fetch(request);
}
