{% comment %}Rendered without escaping: what stands in it are our own addresses.{% endcomment %}{% autoescape off %}"use strict";

// Keeps static files and one page for when there is no network. Pages about a person are never kept.
const CACHE = "{{ cache }}";
const OFFLINE = "{{ offline }}";
const KEPT = [{% for address in kept %}"{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  // Without cookies: what is kept is nobody's.
  const plain = (address) => new Request(address, { credentials: "omit", cache: "reload" });
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, ...KEPT].map(plain))).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("fairslot-") && name !== CACHE);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim())
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (KEPT.includes(address.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(address.pathname)));
  }
});
{% endautoescape %}
