// Keeps the shell of the site for the time without a network. Nothing else is ever kept: no page, no answer, no form.
addEventListener("install", (event) => {
  skipWaiting();
  // What a page sends while it is left goes past the worker: started for it alone, it would come too late.
  if (event.addRoutes) event.addRoutes({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(SHELL.name).then((cache) => cache.addAll(SHELL.files)));
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELL.name).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const place = new URL(request.url);
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(SHELL.offline)));
  } else if (place.origin === location.origin && SHELL.files.includes(place.pathname + place.search)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
