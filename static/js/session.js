/* Says two minutes before that the session ends, and keeps what is typed. Without this file the server alone counts. */
(function () {
  "use strict";

  var box = document.getElementById("session");
  var ending = document.getElementById("session-ending");
  var over = document.getElementById("session-ended");
  if (!box || !ending || !ending.showModal) { return; }

  var TICK_MS = 1000;
  var MARGIN_MS = 2000;
  var warnMs = Number(box.dataset.warn) * 1000;
  var limit = box.dataset.limit;
  var said = false;
  var asking = false;
  var endsAt = 0;

  function until(seconds) { endsAt = Date.now() + Number(seconds) * 1000; }

  function leftInWords(ms) {
    if (ms <= 30000) { return box.dataset.seconds; }
    var minutes = Math.max(1, Math.round(ms / 60000));
    return minutes === 1 ? box.dataset.minute : box.dataset.minutes.replace("#", minutes);
  }

  /* The server's own answer; null when the session is over, undefined when nobody answers. */
  function ask(method) {
    var token = box.querySelector("input").value;
    return fetch(method === "POST" ? box.dataset.prolong : box.dataset.status, {
      method: method, credentials: "same-origin", redirect: "manual",
      headers: method === "POST" ? { "X-CSRFToken": token } : {}
    }).then(function (answer) { return answer.ok ? answer.json() : null; }, function () { return undefined; });
  }

  /* Another user's session in the same browser is not this page's: its token must not send what was typed here. */
  function ours(state) { return state && state.who !== box.dataset.who ? null : state; }

  function take(state) {
    limit = state.limit;
    until(state.left);
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (input) { input.value = state.token; });
  }

  function warn() {
    said = true;
    ending.querySelectorAll("[data-session-limit]").forEach(function (text) {
      text.hidden = text.dataset.sessionLimit !== limit;
    });
    ending.querySelector("[data-session-left]").textContent = leftInWords(endsAt - Date.now());
    ending.showModal();
    ending.querySelector("[data-session-go]").focus();
  }

  function typed() {
    return Array.prototype.some.call(document.querySelectorAll("main form[method=post]"), function (form) {
      return Array.prototype.some.call(form.elements, function (field) {
        if (field.type === "hidden") { return false; }
        if (field.type === "checkbox" || field.type === "radio") { return field.checked !== field.defaultChecked; }
        if (field.options) {
          return Array.prototype.some.call(field.options, function (o) { return o.selected !== o.defaultSelected; });
        }
        return field.defaultValue !== undefined && field.value !== field.defaultValue;
      });
    });
  }

  function ended() {
    window.clearInterval(clock);
    if (ending.open) { ending.close(); }
    if (!typed()) { window.location.reload(); return; }
    document.body.classList.add("is-ended");
    if (!over.open) { over.showModal(); }
  }

  function look() {
    if (asking) { return; }
    asking = true;
    ask("GET").then(ours).then(function (state) {
      asking = false;
      if (state === null) { ended(); return; }
      if (state) { take(state); }
      if (endsAt - Date.now() > warnMs) {
        if (ending.open) { ending.close(); }
        said = false;
      } else if (!said) { warn(); }
    });
  }

  function prolong() {
    ask("POST").then(ours).then(function (state) {
      if (state === null) { ended(); return; }
      if (state) { take(state); }
      ending.close();
      said = limit === "absolute" && endsAt - Date.now() <= warnMs;
    });
  }

  function tick() {
    var left = endsAt - Date.now();
    if (left <= -MARGIN_MS || (left <= warnMs && !said)) { look(); return; }
    if (ending.open) {
      var words = leftInWords(left);
      var shown = ending.querySelector("[data-session-left]");
      if (shown.textContent !== words) { shown.textContent = words; }
    }
  }

  /* A page that saves by itself has met another user's session (plan.js). */
  document.addEventListener("sip:stranger", ended);
  ending.querySelector("[data-session-go]").addEventListener("click", prolong);
  ending.addEventListener("cancel", function (event) { event.preventDefault(); prolong(); });
  over.addEventListener("cancel", function (event) { event.preventDefault(); });
  over.querySelector("[data-session-back]").addEventListener("click", function (event) {
    ask("GET").then(function (state) {
      if (!state) { over.querySelector("[data-session-not-yet]").textContent = event.target.dataset.notYet; return; }
      if (state.who !== box.dataset.who) { window.location.assign("/"); return; }
      take(state);
      said = false;
      document.body.classList.remove("is-ended");
      over.close();
      clock = window.setInterval(tick, TICK_MS);
    });
  });

  until(box.dataset.left);
  var clock = window.setInterval(tick, TICK_MS);
})();
