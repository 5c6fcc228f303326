// Registers this browser for alerts: asks it, then sends what it says of itself by the page's own form. Nothing here decides anything.
"use strict";
(() => {
  const form = document.getElementById("push");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = form.querySelector("button");
  const plain = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const register = async () => {
    const worker = await navigator.serviceWorker.register(form.dataset.worker);
    const key = bytes(form.dataset.key);
    const old = await worker.pushManager.getSubscription();
    if (old && old.options.applicationServerKey && plain(old.options.applicationServerKey) !== form.dataset.key) await old.unsubscribe();
    const said = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    form.elements.endpoint.value = said.endpoint;
    form.elements.p256dh.value = plain(said.getKey("p256dh"));
    form.elements.auth.value = plain(said.getKey("auth"));
  };
  button.hidden = false;
  document.getElementById("push-not").hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    button.disabled = true;
    try {
      await register();
      form.submit();
    } catch {
      document.getElementById("push-refused").hidden = false;
      button.disabled = false;
    }
  });
})();
