// Keys, the dialog of keys, and the polling for what is new. Every page works without it.
"use strict";
(() => {
  const go = { b: "/", s: "/stories/", i: "/signals/", u: "/issues/", w: "/statements/", o: "/sources/" };
  const rows = () => [...document.querySelectorAll(".rows > li, .tickets > li")];
  let waiting = false;

  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const here = () => rows().find((row) => row.classList.contains("here"));

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    all.forEach((row) => row.classList.toggle("here", row === next));
    const link = next.querySelector("h2 a, h3 a");
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function done() {
    const button = (here() || document.activeElement.closest(".rows > li"))?.querySelector("button[value='seen']");
    if (button) button.click();
  }

  function menu() {
    const opened = document.querySelector("details.me");
    if (!opened) return;
    opened.open = true;
    opened.querySelector("summary").focus();
  }

  function keys() {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (waiting) {
      waiting = false;
      if (go[event.key]) { event.preventDefault(); location.assign(go[event.key]); return; }
    }
    if (event.key === "g") { waiting = true; setTimeout(() => { waiting = false; }, 1500); return; }
    const act = { j: () => move(1), k: () => move(-1), e: done, "?": keys, m: menu,
      a: () => document.querySelector("main .button.main")?.focus(), n: () => document.querySelector(".news a")?.click(),
      "/": () => { const field = document.querySelector("input[type=search]"); if (field) field.focus(); else location.assign("/search/"); } }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  document.addEventListener("click", (event) => {
    const opened = document.querySelector("details.me[open]");
    if (opened && !opened.contains(event.target)) opened.open = false;
    const button = event.target.closest("[data-act]");
    if (button?.dataset.act === "print") print();
    if (button?.dataset.act === "keys") { event.preventDefault(); keys(); }
    if (button?.dataset.act === "close") button.closest("dialog").close();
  });
  document.addEventListener("keydown", (event) => {
    const opened = document.querySelector("details.me[open]");
    if (event.key === "Escape" && opened) { opened.open = false; opened.querySelector("summary").focus(); }
  });

  document.querySelector(".tabs a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelectorAll("[data-script]").forEach((element) => { element.hidden = false; });
  document.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden) event.preventDefault(); });
})();
