/* Passkeys: a word when the browser gives no key, and no button where it knows none. The rest is allauth's own script. */
(() => {
  "use strict";
  const notice = document.getElementById("passkey-error");

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    notice.hidden = false;
    notice.focus();
  });

  if (!window.PublicKeyCredential) {
    for (const form of document.querySelectorAll("form.scripted")) {
      form.hidden = true;
    }
  }
})();
