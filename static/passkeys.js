// Passkeys: forms with data-passkey ask the browser for one and are sent with its answer. Without it they stay hidden.
(function () {
  "use strict";

  function bytes(text) {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked(options) {
    const key = Object.assign({}, options.publicKey);
    key.challenge = bytes(key.challenge);
    if (key.user) key.user = Object.assign({}, key.user, { id: bytes(key.user.id) });
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (key[list]) key[list] = key[list].map((one) => Object.assign({}, one, { id: bytes(one.id) }));
    }
    return { publicKey: key };
  }

  function answered(credential) {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (given[part]) response[part] = text(given[part]);
    }
    if (given.getTransports) response.transports = given.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response,
    };
  }

  async function optionsFor(form) {
    if (form.dataset.passkey !== "login") {
      const data = JSON.parse(document.getElementById("passkey-data").textContent);
      return data.creation_options || data.request_options;
    }
    const answer = await fetch(form.action, {
      headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    });
    return (await answer.json()).request_options;
  }

  async function ask(form) {
    const options = await optionsFor(form);
    const wanted = asked(options);
    const passwordless = form.elements.passwordless;
    if (form.dataset.passkey === "create") {
      const alone = !passwordless || passwordless.type === "hidden" || passwordless.checked;
      wanted.publicKey.authenticatorSelection = Object.assign({}, wanted.publicKey.authenticatorSelection, {
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        userVerification: alone ? "required" : "discouraged",
      });
      return navigator.credentials.create(wanted);
    }
    return navigator.credentials.get(wanted);
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    if (!window.PublicKeyCredential) return;
    form.hidden = false;
    const said = form.querySelector("[data-passkey-said]");
    // The first submit asks for the passkey; the script sends the form itself, which makes no further submit event.
    form.addEventListener(
      "submit",
      async (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        said.textContent = "";
        try {
          form.elements.credential.value = JSON.stringify(answered(await ask(form)));
        } catch (error) {
          said.textContent = form.dataset.failed;
          return;
        }
        form.submit();
      },
      true,
    );
  });
})();
