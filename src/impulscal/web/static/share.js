// A static export ignores the options of an address. Then the form shows other values than the
// address asks for, and the page says so.
(() => {
  "use strict";
  const form = document.getElementById("choice");
  const note = document.getElementById("unheard");
  if (!note) return;
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements[name];
    if (!field || !value) continue;
    const shown = field.type === "checkbox" ? (field.checked ? "1" : "0") : field.value;
    if (shown !== value.replace("#", "").toLowerCase()) note.hidden = false;
  }
})();
