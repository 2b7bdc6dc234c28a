/* Progressive enhancement only: every page works without this file. */
(function () {
  "use strict";

  var BUSY_TEXT = "Sparar …";
  var GIVE_UP_MS = 20000;

  /* An error summary takes the focus, so that it is read and its links are next. */
  function focusErrors(root) {
    var box = root.querySelector(".errorsum");
    if (box) { box.focus(); }
  }

  /* A pressed button says that work is going on and cannot be pressed twice. */
  function release(form) {
    form.removeAttribute("data-sending");
    form.querySelectorAll("[data-label]").forEach(function (button) {
      button.textContent = "";
      button.append.apply(button, button.sipContent || [button.dataset.label]);
      button.removeAttribute("aria-disabled");
      button.removeAttribute("data-label");
    });
  }

  function sending(form, button) {
    form.setAttribute("data-sending", "");
    window.setTimeout(function () { release(form); }, GIVE_UP_MS);
    if (!button || form.hasAttribute("data-download")) { return; }
    window.setTimeout(function () {
      button.sipContent = Array.prototype.slice.call(button.childNodes);
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.busy || BUSY_TEXT;
      button.setAttribute("aria-disabled", "true");
    }, 0);
  }

  /* Written but unsent text: the browser asks before the page is left. */
  var unsaved = new Set();

  function isGuarded(form) {
    return form && form.method === "post" && !form.hasAttribute("data-no-guard") && form.querySelector("textarea");
  }

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (isGuarded(form)) { unsaved.add(form); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") { return; }
    if (form.hasAttribute("data-sending")) { event.preventDefault(); return; }
    unsaved.delete(form);
    sending(form, event.submitter);
  });

  /* The page has saved by itself (plan.js): nothing is lost if it is left. */
  document.addEventListener("sip:saved", function (event) { unsaved.delete(event.target); });

  window.addEventListener("beforeunload", function (event) {
    if (unsaved.size > 0) { event.preventDefault(); }
  });

  /* Back button: the page comes from memory, with its buttons still saying "Sparar …". */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("form[data-sending]").forEach(release); }
  });

  /* htmx: send the CSRF token of the page, give back the buttons, look for errors in what came. */
  document.addEventListener("htmx:configRequest", function (event) {
    var token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) { event.detail.headers["X-CSRFToken"] = token.value; }
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) { release(form); }
  });
  document.addEventListener("htmx:afterSwap", function (event) { focusErrors(event.target); });

  focusErrors(document);
})();
