// What the pages can do only with a script: copy, tell the reader's own time, mark today.
// All is there without it. Loaded before the page is drawn, so that nothing moves later.
(function () {
  "use strict";
  var root = document.documentElement;
  var locale = root.lang === "de" ? "de-DE" : "en-GB";
  root.classList.add("js");
  if (root.dataset.zone) {
    var now = new Date();
    var there = now.toLocaleString("en-GB", { timeZone: root.dataset.zone });
    if (there !== now.toLocaleString("en-GB")) root.classList.add("elsewhere");
  }

  function time(date, options) {
    return date.toLocaleTimeString(locale, options);
  }

  // The zone is read and used here and goes nowhere.
  function tellOwnTime(slot) {
    var start = new Date(slot.dataset.start);
    var end = new Date(slot.dataset.end);
    if (-start.getTimezoneOffset() === Number(slot.dataset.offset)) return;
    var hours = { hour: "2-digit", minute: "2-digit" };
    var zone = time(start, { hour: "2-digit", timeZoneName: "shortOffset" }).replace(/^.*?(?=GMT|UTC)/, "");
    var day = start.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
    slot.textContent = slot.dataset.words
      .replace("{day}", day)
      .replace("{start}", time(start, hours))
      .replace("{end}", time(end, hours))
      .replace("{zone}", zone);
  }

  function markToday(slot) {
    if (new Date(slot.dataset.today).toDateString() === new Date().toDateString()) {
      slot.textContent = " " + slot.dataset.words;
    }
  }

  function copyFrom(button) {
    var source = document.getElementById(button.dataset.copy);
    var said = button.nextElementSibling;
    var status = document.getElementById("status");
    function say(words) {
      said.textContent = words;
      status.textContent = words;
      clearTimeout(button.timer);
      button.timer = setTimeout(function () {
        said.textContent = status.textContent = "";
      }, 8000);
    }
    function failed() {
      source.focus();
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      say(button.dataset.failed);
    }
    if (!navigator.clipboard) return failed();
    navigator.clipboard.writeText(source.value || source.textContent).then(function () {
      say(button.dataset.copied);
    }, failed);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (button) copyFrom(button);
    if (event.target.closest("[data-print]")) print();
  });

  // Each slot is filled as soon as it is read, before anybody sees it: so nothing moves.
  function fill() {
    document.querySelectorAll("[data-offset]:empty").forEach(tellOwnTime);
    document.querySelectorAll("[data-today]:empty").forEach(markToday);
  }
  var reading = new MutationObserver(fill);
  reading.observe(root, { childList: true, subtree: true });

  document.addEventListener("DOMContentLoaded", function () {
    reading.disconnect();
    fill();
    // A static export answers every query with the same page: say so, rather than nothing.
    var asked = new URLSearchParams(location.search);
    var copy = document.getElementById("kopie");
    if (copy && (asked.get("deadlines") === "1" || asked.get("alarm") || asked.get("topic"))) copy.hidden = false;
  });
})();
