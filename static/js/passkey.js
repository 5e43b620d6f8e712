// Passkeys: the device signs what the server asks, and a plain form brings the answer.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  document.documentElement.classList.add("passkeys");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (one) => Object.assign(one, { id: bytes(one.id) });

  async function asked(form) {
    const answer = await fetch(form.dataset.passkey, {
      method: "POST", body: new URLSearchParams({ csrf_token: form.querySelector("[name=csrf_token]").value }),
      credentials: "same-origin", redirect: "error",
    });
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  }
  async function sign(form) {
    const options = await asked(form);
    options.challenge = bytes(options.challenge);
    (options.allowCredentials || options.excludeCredentials || []).forEach(known);
    if (options.user) options.user.id = bytes(options.user.id);
    const made = await navigator.credentials[options.user ? "create" : "get"]({ publicKey: options });
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = text(made.response[part]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: response });
  }
  document.addEventListener("click", async function (event) {
    const button = event.target.closest("[data-sign]");
    const form = button && button.form;
    if (!form || form.hasAttribute("data-signing")) return;
    const said = form.querySelector("[data-said]");
    said.textContent = "";
    form.setAttribute("data-signing", "");
    try {
      form.querySelector("[name=credential]").value = await sign(form);
      form.requestSubmit();
    } catch (error) {
      const key = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "there" }[error.name];
      said.textContent = said.dataset[key || "failed"];
    }
    form.removeAttribute("data-signing");
  });
})();
