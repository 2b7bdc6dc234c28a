/* Goes on to the identity provider's own logout; without this file the button does the same. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-go-on]");
  if (form) { form.submit(); }
}());
