"use strict";
(function () {
  var byId = function (id) { return document.getElementById(id); };
  var filter = byId("filter"), find = byId("find"), shown = byId("shown"), list = byId("list");
  var lines = Array.prototype.slice.call(document.querySelectorAll(".ranked > li"));
  var texts = lines.map(function (line) { return line.textContent.toLowerCase(); });
  var parts = lines.map(function (line) { return line.dataset.part ? byId(line.dataset.part) : null; });
  var buttons = Array.prototype.slice.call(filter.querySelectorAll("button"));
  function apply() {
    var words = find.value.toLowerCase().split(/\s+/).filter(Boolean), count = 0, bands = {};
    buttons.forEach(function (button) { bands[button.dataset.band] = button.getAttribute("aria-pressed") === "true"; });
    lines.forEach(function (line, at) {
      var fits = bands[line.dataset.band] && words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      line.hidden = !fits;
      if (parts[at]) { parts[at].hidden = !fits; }
      if (fits) { count += 1; }
    });
    shown.textContent = count + " of " + lines.length + " shown";
  }
  function go(step) {
    var open = parts.filter(function (part) { return part && !part.hidden; });
    if (!open.length) { return; }
    var top = open.map(function (part) { return part.getBoundingClientRect().top; }), next = null, at;
    if (step > 0) { for (at = 0; at < open.length && next === null; at += 1) { if (top[at] > 24) { next = open[at]; } } }
    else { for (at = open.length - 1; at >= 0 && next === null; at -= 1) { if (top[at] < -24) { next = open[at]; } } }
    if (next === null) { next = step > 0 ? open[open.length - 1] : list; }
    next.scrollIntoView({ block: "start", behavior: "auto" });
    next.focus({ preventScroll: true });
  }
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
      apply();
    });
  });
  find.addEventListener("input", apply);
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape") { find.value = ""; apply(); find.blur(); return; }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { return; }
    if (event.key === "/") { event.preventDefault(); find.focus(); }
    if (event.key === "j") { go(1); }
    if (event.key === "k") { go(-1); }
    if (event.key === "g") { list.scrollIntoView(); list.focus({ preventScroll: true }); }
  });
  window.addEventListener("hashchange", function () {
    var part = byId(location.hash.slice(1));
    if (part && part.hidden) { find.value = ""; buttons.forEach(function (button) { button.setAttribute("aria-pressed", "true"); }); apply(); part.scrollIntoView(); }
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (details) { details.open = true; details.dataset.print = "1"; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-print]").forEach(function (details) { details.open = false; delete details.dataset.print; });
  });
  filter.hidden = false;
  byId("keys").hidden = false;
  apply();
}());
