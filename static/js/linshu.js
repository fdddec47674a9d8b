// What is quicker with a script? Every page works without: this file only saves keystrokes.
// ES2019, Chromium 90. No eval. Listeners sit on the document, so swapped-in parts need no set-up.
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  function typing(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }

  // Keys: "/" goes to the search box, Ctrl+Enter saves the form one is writing in, Escape closes menus.
  document.addEventListener("keydown", function (event) {
    if (event.isComposing) return; // an input method is choosing characters
    if (event.key === "/" && !event.ctrlKey && !event.altKey && !typing(event.target)) {
      const search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[data-ctrl-enter]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
    } else if (event.key === "Escape") {
      closeMenus(null);
    }
  });

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }

  document.addEventListener("click", function (event) {
    const target = event.target;
    if (!(target instanceof Element)) return;
    closeMenus(target.closest("details.menu"));
    if (target.closest("[data-print]")) window.print();
  });

  // Picking rows: boxes, "all", the count and the buttons that need a pick share a group's name.
  function of(kind, group) {
    return Array.from(document.querySelectorAll("[data-" + kind + '="' + CSS.escape(group) + '"]'));
  }

  function recount(group) {
    const boxes = of("pick", group);
    const picked = boxes.filter(function (box) { return box.checked; }).length;
    of("pick-count", group).forEach(function (place) { place.textContent = picked; });
    of("pick-act", group).forEach(function (button) { button.disabled = picked === 0; });
    of("pick-all", group).forEach(function (all) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    });
  }

  function recountAll() {
    const groups = Array.from(document.querySelectorAll("[data-pick-count]"));
    new Set(groups.map(function (place) { return place.dataset.pickCount; })).forEach(recount);
  }

  document.addEventListener("change", function (event) {
    const data = event.target.dataset;
    if (data.pickAll) {
      of("pick", data.pickAll).forEach(function (box) { box.checked = event.target.checked; });
    }
    if (data.pickAll || data.pick) recount(data.pickAll || data.pick);
    if ("autoSubmit" in data) event.target.form.requestSubmit();
  });

  // A request that failed says so; the sentence comes from the page, in its language.
  function failed() {
    const place = document.getElementById("failure");
    if (place) place.hidden = false;
  }

  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:beforeRequest", function () {
    const place = document.getElementById("failure");
    if (place) place.hidden = true;
  });
  document.addEventListener("htmx:load", recountAll);
  window.addEventListener("pageshow", recountAll); // the back button restores ticked boxes
})();
