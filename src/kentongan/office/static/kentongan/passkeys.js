// Passkeys: ties the button of a page to the functions of django-allauth, which speak WebAuthn. Nothing here decides anything.
"use strict";
(() => {
  const button = document.getElementById("passkey");
  if (!button || !window.PublicKeyCredential) return;
  const ids = { authenticate: "passkey", add: "passkey", login: "passkey", credential: "passkey-credential", data: "passkey-data", passwordless: "passkey-passwordless" };
  const forms = window.allauth.webauthn.forms;
  ({ add: forms.addForm, authenticate: forms.authenticateForm, login: forms.loginForm })[button.dataset.passkey]({ ids });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.getElementById("passkey-wrong").hidden = false;
  });
  button.hidden = false;
})();
