/* Saves while somebody writes in the plan, and shows who else does. Without this file "Spara" does the same.
   Nothing is put in the browser's own storage: on a shared computer it would stay there. */
(function () {
  "use strict";

  /* What the server has written, as elements; nothing in it is run. */
  function parsed(html) {
    return Array.from(new DOMParser().parseFromString(html.trim(), "text/html").body.childNodes);
  }

  function trimmed(box) {
    [box.firstChild, box.lastChild].forEach(function (end) {
      if (end && end.nodeType === Node.TEXT_NODE && !end.data.trim()) { end.remove(); }
    });
    return box;
  }

  /* Put it in the place of what stands there, unless it is the same: what is read aloud is then not read again. */
  function put(box, html) {
    var fresh = box.cloneNode(false);
    fresh.append.apply(fresh, parsed(html));
    if (!fresh.isEqualNode(trimmed(box))) { box.replaceChildren.apply(box, Array.from(fresh.childNodes)); }
  }

  var PAUSE_MS = 1500;
  var AT_MOST_MS = 8000;
  var RETRY_MS = 4000;
  var RETRY_AT_MOST_MS = 60000;
  var ANSWER_MS = 20000;
  var ASK_MS = 10000;
  var AWAKE_MS = 120000;
  var NOT_YET = "Inte sparat än.";
  var STAYS = "Texten står kvar här";
  var NO_NETWORK = "Nätet svarar inte. " + STAYS + ", och vi försöker igen.";
  var OUR_FAULT = "Något gick fel hos oss. " + STAYS + ", och vi försöker igen.";
  var LOGGED_OUT = STAYS + ". Du kan ha loggats ut. Logga in i en ny flik, så försöker vi igen.";
  var TOO_LARGE = STAYS + ", men den är för stor för att sparas. Korta den.";
  var REFUSED = STAYS + ". Det går inte att spara här längre. Kopiera texten och ladda sedan om sidan.";
  var TRY_AGAIN = "Nätet svarar inte. " + STAYS + ". Försök igen när nätet är tillbaka.";
  var session = document.getElementById("session");
  var box = document.querySelector("[data-now]");
  var touched = Date.now();
  /* Whether the server was there when the page last asked; the browser itself seldom knows. */
  var reached = true;

  function asleep() { return Date.now() - touched > AWAKE_MS; }

  function unreachable() { return !reached || !window.navigator.onLine; }

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

  /* The same with what it builds on; the token goes beside it, since it may be a new one when this is sent again. */
  function whole(form) {
    var data = new FormData(form);
    data.delete("csrfmiddlewaretoken");
    return new URLSearchParams(data).toString();
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
    var out = false;
    var refusals = 0;
    var wait = RETRY_MS;
    var unanswered = null;
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
      refusals = 0;
      wait = RETRY_MS;
      take(form, answer.hidden);
      if (!dirty()) { settle(form, answer); }
      say(form, answer.saved + ".");
      var leave = form.querySelector("[data-leave]");
      if (leave) { leave.textContent = leave.dataset.leave; }
      var undo = form.parentNode.querySelector("[data-undo]");
      if (undo) { undo.hidden = false; }
      if (dirty()) {
        show(form, NOT_YET);
        later(document.hidden ? 0 : PAUSE_MS);
      }
    }

    function clash(sent, answer) {
      /* Somebody who wrote on meanwhile is asked when all that is written is on the table. */
      if (typed(form) !== sent) { later(PAUSE_MS); return; }
      clashed = true;
      var place = form.elements.namedItem(answer.at || "csrfmiddlewaretoken");
      place.after.apply(place, parsed(answer.clash));
      take(form, answer.hidden);
      Object.keys(answer.texts).forEach(function (name) {
        var field = form.elements.namedItem(name);
        if (field && field.tagName === "TEXTAREA") { field.value = answer.texts[name]; }
      });
      say(form, NOT_YET + " Någon annan sparade samtidigt. Välj vad som ska gälla.", true);
      form.querySelector("[data-clash]").focus();
    }

    function stop(text) {
      window.clearTimeout(timer);
      trouble = true;
      say(form, NOT_YET + " " + text, true);
    }

    /* Longer and longer between: a computer that somebody has left does not go on for ever. */
    function failed(text) {
      stop(text);
      timer = window.setTimeout(again, wait);
      wait = Math.min(2 * wait, RETRY_AT_MOST_MS);
    }

    function again() {
      if (asleep()) { timer = window.setTimeout(again, wait); } else { send(); }
    }

    /* Without a session nothing that is typed is sent: only the session is asked for, until the same user is back. What
       was typed is hidden from somebody else who has logged in here (session.js). */
    function loggedOut() {
      out = true;
      stop(LOGGED_OUT);
      return fetch(session.dataset.status, { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
        return answer.ok ? answer.json() : null;
      }).catch(function () { return null; }).then(function (state) {
        var same = state && state.who === session.dataset.who;
        if (state && !same) { document.dispatchEvent(new CustomEvent("sip:stranger")); }
        if (!same) { timer = window.setTimeout(loggedOut, RETRY_MS); return; }
        out = false;
        form.elements.namedItem("csrfmiddlewaretoken").value = state.token;
        refusals += 1;
        if (refusals > 2) { stop(REFUSED); } else { later(PAUSE_MS); }
      });
    }

    /* An answer that is not the form's own says what came between. */
    function refused(response) {
      var status = response.status;
      if (status >= 500 || status === 429) { failed(OUR_FAULT); return; }
      unanswered = null;
      if (response.type === "opaqueredirect" || status === 401 || status === 403) { return loggedOut(); }
      stop(status === 413 || status === 400 ? TOO_LARGE : REFUSED);
    }

    function answered(sent, answer) {
      unanswered = null;
      if (answer.stranger) { return loggedOut(); }
      take(form, answer.kept || {});
      if (answer.clash) { clash(sent, answer); }
      else if (answer.saved) { done(sent, answer); }
      else { invalid = true; say(form, NOT_YET + " " + answer.errors.join(" "), true); }
    }

    /* What may have been saved though no answer came is sent once more as it was: then it is saved once, and what has
       been written since builds on it. */
    function send() {
      window.clearTimeout(timer);
      if (sending || clashed || leaving || !dirty()) { return sending || Promise.resolve(); }
      if (out) { return loggedOut(); }
      var stopwatch = new AbortController();
      var limit = window.setTimeout(function () { stopwatch.abort(); }, ANSWER_MS);
      unanswered = unanswered || { typed: typed(form), body: whole(form) };
      var now = unanswered;
      invalid = false;
      sending = fetch(form.action, {
        method: "POST", body: now.body, credentials: "same-origin", redirect: "manual", keepalive: document.hidden,
        signal: stopwatch.signal, headers: {
          "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "X-Autosave": "1",
          "X-Who": session.dataset.who, "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value
        }
      }).then(function (response) {
        reached = true;
        var ours = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
        if (!ours) { return refused(response); }
        return response.json().then(function (answer) { return answered(now.typed, answer); });
      }).catch(function () {
        reached = false;
        failed(NO_NETWORK);
      }).then(function () {
        window.clearTimeout(limit);
        sending = null;
      });
      return sending;
    }

    /* As without this file, once the server is there to answer. */
    function pass(button) {
      if (unreachable()) { stop(TRY_AGAIN); ask(); return; }
      trouble = false;
      form.requestSubmit(button);
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
      var answers = clashed || invalid;
      if (!unreachable() && (answers || !(sending || trouble))) { leaving = true; return; }
      event.preventDefault();
      event.stopPropagation();
      if (answers) { stop(TRY_AGAIN); ask(); return; }
      var button = event.submitter;
      Promise.resolve(sending).then(send).then(function () {
        var leave = form.querySelector("[data-leave]");
        if (invalid || (!leave && !clashed && !dirty())) { pass(button); }
        else if (!clashed && !dirty()) { window.location.assign(leave.href); }
      });
    });

    document.addEventListener("visibilitychange", function () { if (document.hidden) { send(); } });
    window.addEventListener("online", send);
    window.addEventListener("pageshow", function () { leaving = false; });
    return dirty;
  }

  var watched = Array.prototype.map.call(document.querySelectorAll("form[data-autosave]"), watch);

  /* A new goal or measure is saved when it is whole; without a network it stays on the page. */
  document.querySelectorAll("form[data-fresh]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (!unreachable()) { return; }
      event.preventDefault();
      event.stopPropagation();
      say(form, NOT_YET + " " + TRY_AGAIN, true);
      ask();
    });
  });

  /* The back button may bring an old page from memory: the latest text is fetched, unless something is unsaved. */
  window.addEventListener("pageshow", function (event) {
    var unsaved = watched.some(function (dirty) { return dirty(); });
    if (event.persisted && !unsaved) { window.location.reload(); }
  });

  ["input", "pointerdown", "keydown", "focus"].forEach(function (name) {
    window.addEventListener(name, function () { touched = Date.now(); }, true);
  });

  /* Who else writes; only while somebody is here and looks. */
  function ask() {
    if (!box || document.hidden || asleep()) { return; }
    fetch(box.dataset.now, { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      reached = true;
      return answer.ok ? answer.text() : null;
    }).catch(function () {
      reached = false;
      return null;
    }).then(function (html) {
      if (html !== null) { put(box, html); }
    });
  }
  if (box) { window.setInterval(ask, ASK_MS); }
  window.addEventListener("online", function () { reached = true; });

  /* Where the page shows hints at each field, as in meeting mode, they come with the save. */
  document.addEventListener("sip:saved", function (event) {
    var hints = (event.detail || {}).hints || {};
    event.target.querySelectorAll("[data-room-hints]").forEach(function (place) {
      var html = hints[place.dataset.roomHints];
      if (html !== undefined) { put(place, html); }
    });
  });
})();
