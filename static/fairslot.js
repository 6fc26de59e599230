/* Fairslot: small helps for the patient's pages. Every page works without this file.
   All words come from the page (data attributes), so that they are translated where the rest is. */
(() => {
  "use strict";

  const lang = document.documentElement.lang || "en";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Errors: the summary takes the focus, and each of its links the field it names, in a closed day too.
  const summary = document.querySelector("[data-errors]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const day = field.closest("details");
      if (day) day.open = true;
      (field.closest("fieldset, .field") || field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }

  // Double submit: the first one goes, with its button's value (so nothing is disabled); later ones are dropped.
  const RELEASE_MS = 15000; // someone who stopped a slow page can press again
  const release = (form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), RELEASE_MS);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // Countdown: whole minutes, no ticking seconds; one spoken warning a minute before the end, one at the end.
  const WARN_MS = 60000;
  const SHOW_MS = 3600000;
  const minutes = new Intl.NumberFormat(lang, { style: "unit", unit: "minute", unitDisplay: "long" });
  const watch = (time) => {
    const until = Date.parse(time.dataset.until);
    const box = time.closest("[data-countdown]");
    if (!box || Number.isNaN(until)) return;
    const shown = box.querySelector("[data-left]");
    const spoken = box.querySelector("[role=status]");
    const put = (element, text) => {
      if (element && element.textContent !== text) element.textContent = text;
    };
    const look = () => {
      const left = until - Date.now();
      if (left > SHOW_MS) return;
      if (left <= 0) {
        put(shown, "");
        put(spoken, box.dataset.over);
        clearInterval(timer);
        return;
      }
      put(shown, left > WARN_MS ? box.dataset.words.replace("{time}", minutes.format(Math.floor(left / 60000))) : "");
      if (left <= WARN_MS) put(spoken, box.dataset.warning);
    };
    const timer = setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
    look();
  };
  all("time[data-until]").forEach(watch);

  // Letters left in a text box, told after a pause in the typing.
  all("[data-count]").forEach((box) => {
    const text = box.querySelector("textarea, input");
    const told = box.querySelector("[data-count-told]");
    if (!text || !told) return;
    let pause;
    const tell = () => {
      const left = Number(box.dataset.count) - text.value.length;
      told.textContent = (left < 0 ? box.dataset.over : box.dataset.left).replace("{n}", Math.abs(left).toLocaleString(lang));
      told.classList.toggle("count--over", left < 0);
    };
    text.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(tell, 700);
    });
    if (text.value) tell();
  });

  // The phone app: static files and the offline page are kept, never a page about a person.
  const worker = document.documentElement.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    window.addEventListener("load", () => navigator.serviceWorker.register(worker, { scope: "/" }).catch(() => {}));
  }

  // Print buttons are hidden where they could do nothing.
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
