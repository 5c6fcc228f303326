// Shows what the office sends and opens its page at a touch. One event is one notification: the same tag takes the place of the one before,
// and the same message a second time does not ring again.
"use strict";
self.addEventListener("push", (event) => {
  let said;
  try {
    said = event.data.json();
  } catch {
    said = { title: "Kentongan", body: "", url: "/alerts/", tag: "alerts", key: "" };
  }
  event.waitUntil((async () => {
    const shown = await self.registration.getNotifications({ tag: said.tag });
    const again = shown.some((one) => one.data && one.data.key === said.key);
    await self.registration.showNotification(said.title, {
      body: said.body, tag: said.tag, renotify: !again, silent: again, requireInteraction: said.level === "crisis", data: { url: said.url, key: said.key },
    });
  })());
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const address = new URL(event.notification.data.url, self.location.origin);
    const target = address.origin === self.location.origin ? address.href : `${self.location.origin}/alerts/`;
    for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (page.url === target) return page.focus();
    }
    return self.clients.openWindow(target);
  })());
});
