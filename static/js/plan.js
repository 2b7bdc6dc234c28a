/* Saves while somebody writes in the plan, and shows who else does. Without this file "Spara" does the same.
   Nothing is put in the browser's own storage: on a shared computer it would stay there. */
(function () {
  "use strict";

  var PAUSE_MS = 1500;
  var AT_MOST_MS = 8000;
  var RETRY_MS = 4000;
  var ASK_MS = 10000;
  var AWAKE_MS = 120000;
  var NOT_YET = "Inte sparat än.";
  var touched = Date.now();

  function guard(form) { return form.querySelector("[data-saving]"); }

  /* Said aloud: when it is saved, and trouble. That something waits to be saved is only shown. */
  function say(form, text, trouble) {
    var line = guard(form);
    if (line.textContent !== text) { line.textContent = text; }
    line.classList.toggle("error", Boolean(trouble));
    show(form, "");
  }

  function show(form, text) { form.querySelector("[data-waiting]").textContent = text; }

  /* What is in the form now, in one string, so that it can be told whether it has changed. */
  function typed(form) { return new URLSearchParams(fields(form)).toString(); }

  function fields(form) {
    var data = new FormData(form);
    form.querySelectorAll("input[type=hidden]").forEach(function (input) { data.delete(input.name); });
    return data;
  }

  function take(form, hidden) {
    Object.keys(hidden).forEach(function (name) {
      var field = form.elements.namedItem(name);
      if (field) { field.value = hidden[name]; field.defaultValue = hidden[name]; }
    });
  }

  /* What is saved is the form's beginning from now on: the session's warning counts nothing of it as typed. */
  function settle(form, answer) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.options) { Array.prototype.forEach.call(field.options, function (o) { o.defaultSelected = o.selected; }); }
      if (field.type === "checkbox" || field.type === "radio") { field.defaultChecked = field.checked; }
      else if (field.defaultValue !== undefined) { field.defaultValue = field.value; }
    });
    form.dispatchEvent(new CustomEvent("sip:saved", { bubbles: true, detail: answer }));
  }

  function watch(form) {
    var saved = typed(form);
    var timer = null;
    var since = 0;
    var sending = null;
    var invalid = false;
    var trouble = false;
    var leaving = false;
    var clashed = Boolean(form.querySelector("[data-clash]"));

    function later(ms) {
      window.clearTimeout(timer);
      timer = window.setTimeout(send, ms);
    }

    function dirty() { return typed(form) !== saved; }

    function done(sent, answer) {
      saved = sent;
      since = 0;
      trouble = false;
      take(form, answer.hidden);
      if (!dirty()) { settle(form, answer); }
      say(form, answer.saved + ".");
      var leave = form.querySelector("[data-leave]");
      if (leave) { leave.textContent = leave.dataset.leave; }
      var undo = form.parentNode.querySelector("[data-undo]");
      if (undo) { undo.hidden = false; }
      if (dirty()) { later(PAUSE_MS); }
    }

    function clash(answer) {
      var box = document.createElement("template");
      box.innerHTML = answer.clash;
      clashed = true;
      var place = form.elements.namedItem(answer.at || "csrfmiddlewaretoken");
      place.parentNode.insertBefore(box.content, place.nextSibling);
      take(form, answer.hidden);
      Object.keys(answer.texts).forEach(function (name) {
        var field = form.elements.namedItem(name);
        if (field && field.tagName === "TEXTAREA") { field.value = answer.texts[name]; }
      });
      say(form, NOT_YET + " Någon annan sparade samtidigt. Välj vad som ska gälla.", true);
      form.querySelector("[data-clash]").focus();
    }

    function failed(text) {
      trouble = true;
      say(form, NOT_YET + " " + text, true);
      later(RETRY_MS);
    }

    /* No answer of ours: the session has ended, or the case is not open any longer. */
    function refused() {
      failed("Texten står kvar här. Du kan ha loggats ut. Logga in i en ny flik, så försöker vi igen.");
      var box = document.getElementById("session");
      return fetch(box.dataset.status, { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
        return answer.ok ? answer.json() : null;
      }).then(function (state) {
        if (!state) { return; }
        if (state.who !== box.dataset.who) {
          window.clearTimeout(timer);
          say(form, NOT_YET + " Någon annan är inloggad nu. Kopiera texten om du behöver den.", true);
          return;
        }
        form.elements.namedItem("csrfmiddlewaretoken").value = state.token;
      }, function () { return null; });
    }

    function send() {
      window.clearTimeout(timer);
      if (sending || clashed || leaving || !dirty()) { return sending || Promise.resolve(); }
      var sent = typed(form);
      invalid = false;
      sending = fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
        redirect: "manual", keepalive: document.hidden, headers: { "X-Autosave": "1" }
      }).then(function (response) {
        var ours = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
        if (!ours) { return refused(); }
        return response.json().then(function (answer) {
          take(form, answer.kept || {});
          if (answer.clash) { clash(answer); }
          else if (answer.saved) { done(sent, answer); }
          else { invalid = true; say(form, NOT_YET + " " + answer.errors.join(" "), true); }
        });
      }, function () { failed("Nätet svarar inte. Texten står kvar här, och vi försöker igen."); })
        .then(function () { sending = null; });
      return sending;
    }

    form.addEventListener("input", function () {
      if (clashed) { return; }
      invalid = false;
      since = since || Date.now();
      show(form, NOT_YET);
      later(Math.max(0, Math.min(PAUSE_MS, since + AT_MOST_MS - Date.now())));
    });

    /* "Spara" is as without this file, but it waits for a save on its way, and while saving fails it leaves the page
       only when all is saved: without a network the text would go with the page. */
    form.addEventListener("submit", function (event) {
      window.clearTimeout(timer);
      if (clashed || invalid || !(sending || trouble || !window.navigator.onLine)) { leaving = true; return; }
      event.preventDefault();
      event.stopPropagation();
      var button = event.submitter;
      Promise.resolve(sending).then(send).then(function () {
        var leave = form.querySelector("[data-leave]");
        if (invalid || (!leave && !clashed && !dirty())) { form.requestSubmit(button); }
        else if (!clashed && !dirty()) { window.location.assign(leave.href); }
      });
    });

    document.addEventListener("visibilitychange", function () { if (document.hidden) { send(); } });
    window.addEventListener("online", send);
    window.addEventListener("pageshow", function () { leaving = false; });
    return dirty;
  }

  var watched = Array.prototype.map.call(document.querySelectorAll("form[data-autosave]"), watch);

  /* The back button may bring an old page from memory: the latest text is fetched, unless something is unsaved. */
  window.addEventListener("pageshow", function (event) {
    var unsaved = watched.some(function (dirty) { return dirty(); });
    if (event.persisted && !unsaved) { window.location.reload(); }
  });

  ["input", "pointerdown", "keydown", "focus"].forEach(function (name) {
    window.addEventListener(name, function () { touched = Date.now(); }, true);
  });

  /* Who else writes; only while somebody is here and looks. */
  var box = document.querySelector("[data-now]");
  function ask() {
    if (document.hidden || Date.now() - touched > AWAKE_MS) { return; }
    fetch(box.dataset.now, { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }, function () { return null; }).then(function (html) {
      if (html !== null && html.trim() !== box.innerHTML.trim()) { box.innerHTML = html; }
    });
  }
  if (box) { window.setInterval(ask, ASK_MS); }
})();
