/* Keeps the meeting's clock going between two page loads; without this file the server's own words stand. */
(function () {
  "use strict";

  var clock = document.querySelector("[data-room-clock]");
  if (!clock) { return; }

  var TICK_MS = 5000;
  var began = Number(clock.dataset.began);
  var ends = clock.dataset.ends.split(",").map(Number);
  var here = Number(clock.dataset.here);
  var left = clock.querySelector("[data-room-left]");
  var due = clock.querySelector("[data-room-due]");
  var hand = document.querySelector("[data-room-hand]");
  /* The server's clock counts, not the computer's in the meeting room. */
  var ahead = Date.now() / 1000 - Number(clock.dataset.now);

  function now() { return Date.now() / 1000 - ahead; }

  function say(element, words) {
    if (element && element.textContent !== words) { element.textContent = words; }
  }

  function leftInWords(seconds) {
    var minutes = Math.round(seconds / 60);
    if (minutes <= 0) { return clock.dataset.over; }
    return minutes === 1 ? clock.dataset.one : clock.dataset.left.replace("#", minutes);
  }

  function dueNow(at) {
    for (var part = 0; part < ends.length; part += 1) { if (at < ends[part]) { return part + 1; } }
    return 0;
  }

  function tick() {
    var at = now();
    var part = dueNow(at);
    if (here) { say(left, leftInWords(ends[here - 1] - at)); }
    say(due, part ? clock.dataset.due.replace("#", part) : clock.dataset.end);
    document.querySelectorAll("[data-room-part]").forEach(function (link) {
      link.toggleAttribute("data-due", Number(link.dataset.roomPart) === part);
    });
    if (hand) {
      var share = Math.min(1, Math.max(0, (at - began) / (ends[ends.length - 1] - began)));
      hand.setAttribute("transform", "rotate(" + Math.round(360 * share) + " 60 60)");
    }
  }

  tick();
  window.setInterval(tick, TICK_MS);
})();
