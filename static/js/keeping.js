// Nothing typed is lost: drafts while typing, signing in beside the form, forms that say they are on their way.
(function () {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);
  const tokenOf = (form) => form && form.querySelector("[name=csrf_token]");

  // --- What is said: at the bottom of the page, and to those who only hear it.
  function say(key) {
    const status = document.querySelector("[data-status]");
    if (status) status.textContent = key ? status.dataset[key] : "";
  }
  function tell(key) {
    const heard = document.querySelector("[data-heard]");
    if (heard) heard.textContent = key ? heard.dataset[key] : "";
  }

  // --- A form that is on its way is not sent a second time. Not `disabled`: that would drop the button's value.
  function rest(form) {
    form.removeAttribute("data-busy");
    for (const button of form.querySelectorAll(".rp-busy")) {
      button.classList.remove("rp-busy");
      button.removeAttribute("aria-disabled");
    }
    tell("");
  }
  function busy(form, submitter) {
    form.setAttribute("data-busy", "");
    if (!submitter) return;
    submitter.classList.add("rp-busy");
    submitter.setAttribute("aria-disabled", "true");
    // Said only when it takes a while.
    setTimeout(() => { if (form.hasAttribute("data-busy")) tell("busy"); }, 600);
  }

  // --- The session: asked for before something is sent, so that a page never leaves with words that are refused.
  const owner = () => document.body.dataset.person;
  // The page of a shared link: who types there has no account, and opens it again with the code at its address.
  const link = () => document.body.dataset.link;
  const NO_LINE = new Error("no line");
  const limit = () => (AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined);

  // A fresh token for every form of the page, or the box to sign in as text; NO_LINE when nobody answers.
  async function ask(form, data) {
    const at = data ? "" : form.getAttribute("data-hx-post") || form.getAttribute("action") || location.pathname;
    let answer;
    try {
      answer = await fetch(data ? "/session" : "/session?" + new URLSearchParams({ person: owner(), at: at }), {
        method: data ? "POST" : "GET", body: data, headers: { "HX-Request": "true" },
        credentials: "same-origin", cache: "no-store", signal: limit(),
      });
      if (answer.status !== 204) return { box: await answer.text(), status: answer.status };
    } catch { throw NO_LINE; }
    const token = answer.headers.get("X-CSRFToken");
    for (const field of all("[name=csrf_token]")) field.value = field.defaultValue = token;
    return { token: token };
  }

  let waiting = null; // resolves with a token as soon as somebody has signed in in the box
  function show(text) {
    const box = document.querySelector("[data-sign-in]");
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-sign-in]");
    if (!fresh) throw NO_LINE;
    box.replaceWith(fresh);
    return fresh;
  }
  // The token once the session lives; opens the box beside the form when it does not. `calm`: keep the focus.
  async function alive(form, calm) {
    const answer = await ask(form);
    if (answer.token) return answer.token;
    if (!document.querySelector("[data-sign-in]")) {
      const place = document.createElement("div");
      place.dataset.signIn = "";
      form.before(place);
    }
    if (!waiting) {
      waiting = {};
      waiting.promise = new Promise((resolve) => { waiting.resolve = resolve; });
    }
    const there = document.querySelector("[data-sign-in] form");
    // Somebody may be typing in it already.
    const box = there && calm ? there.parentNode : show(answer.box);
    box.setAttribute("role", "group");
    if (!calm) (box.querySelector(FIRST) || box).focus();
    else tell("ended");
    rest(form);
    if (!calm) form.setAttribute("data-waits", "");
    return waiting.promise.finally(() => form.removeAttribute("data-waits"));
  }
  const FIRST = "[name=email], [name=code], a";
  async function signIn(form, submitter) {
    busy(form, submitter);
    try {
      const answer = await ask(form, new URLSearchParams(new FormData(form)));
      if (answer.box) {
        const box = show(answer.box);
        (box.querySelector("[data-error-summary]") || box.querySelector(FIRST) || box).focus();
      } else {
        document.querySelector("[data-sign-in]").remove();
        const done = waiting;
        waiting = null;
        done.resolve(answer.token);
      }
      say("");
    } catch {
      say("offline");
    }
    rest(form);
  }

  // --- Drafts: a long text is sent while it is typed, at most once in PAUSE.
  const PAUSE = 1200;
  const fields = new Map(); // textarea -> { timer, sending, dirty }
  const stateOf = (area) => fields.get(area) || fields.set(area, {}).get(area);
  function note(area, text, wrong) {
    const line = area.parentNode.querySelector(".rp-kept");
    // Only when it changes, so that a screen reader hears it once a minute at most.
    if (!line || line.textContent === text) return;
    line.textContent = text;
    line.classList.toggle("rp-kept--not", wrong);
  }
  function bodyOf(area) {
    const body = new URLSearchParams({ place: area.dataset.draft, text: area.value });
    const token = tokenOf(area.form);
    if (token) body.set("csrf_token", token.value);
    return body;
  }
  async function send(area, again) {
    const status = document.querySelector("[data-status]");
    let answer;
    try {
      answer = await fetch((link() || "") + "/drafts", {
        method: "POST", body: bodyOf(area), credentials: "same-origin", redirect: "manual",
        signal: limit(),
      });
    } catch {
      note(area, status.dataset.unkept, true);
      stateOf(area).dirty = true;
      stateOf(area).timer = stateOf(area).timer || setTimeout(save, 5000, area);
      return;
    }
    if (answer.ok) return note(area, await answer.text(), false);
    if (answer.status === 422) return note(area, await answer.text(), true);
    // Not there any more, for this reader: the page must not stay on the screen.
    if (answer.status === 404) return location.reload();
    note(area, status.dataset.refused, true);
    // Too busy, or no room just now: it may go in a moment.
    if (answer.status >= 429) {
      stateOf(area).dirty = true;
      stateOf(area).timer = stateOf(area).timer || setTimeout(save, 5000, area);
      return;
    }
    if (again || link() || ![0, 400, 401].includes(answer.status)) return;
    stateOf(area).dirty = true;
    alive(area.form, true).then(() => save(area, true), () => {});
  }
  function save(area, again) {
    const state = stateOf(area);
    clearTimeout(state.timer);
    state.timer = 0;
    state.dirty = false;
    const before = state.sending || Promise.resolve();
    const sending = before.then(() => (area.isConnected ? send(area, again) : null)).then(() => {
      if (state.sending === sending) state.sending = null;
    });
    state.sending = sending;
    return sending;
  }
  document.addEventListener("input", function (event) {
    const area = event.target;
    if (!area.dataset || !area.dataset.draft || !(owner() || link())) return;
    const state = stateOf(area);
    state.dirty = true;
    if (!state.timer) state.timer = setTimeout(save, PAUSE, area);
  });
  // Whatever is not kept yet; of the form that is being sent itself only what is on its way.
  function settle(form) {
    const open = [];
    for (const [area, state] of fields) {
      if (!area.isConnected) { clearTimeout(state.timer); fields.delete(area); continue; }
      if (area.form === form) {
        clearTimeout(state.timer);
        state.timer = 0;
      } else if (state.dirty && state.timer) save(area);
      if (state.sending) open.push(state.sending);
    }
    return Promise.all(open);
  }
  function leave() {
    for (const [area, state] of fields) {
      if (!state.dirty || !area.isConnected || area.form.hasAttribute("data-busy")) continue;
      state.dirty = false;
      state.sending = fetch((link() || "") + "/drafts", { method: "POST", body: bodyOf(area), credentials: "same-origin", keepalive: true })
        .catch(() => { state.dirty = true; });
    }
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  // What a swap takes from the page; a form that was sent itself has done with its words.
  document.addEventListener("htmx:before:swap", function (event) {
    const ctx = event.detail.ctx;
    for (const [area, state] of fields) {
      if (!state.dirty || !ctx.target || !ctx.target.contains(area) || (ctx.request.form && area.form === ctx.request.form)) continue;
      clearTimeout(state.timer);
      state.timer = 0;
      state.dirty = false;
      state.sending = send(area);
    }
  });
  document.addEventListener("rp:ended", (event) => { alive(event.target, true).catch(() => say("offline")); });
  window.addEventListener("pagehide", leave);

  // --- The line.
  window.addEventListener("offline", () => say("offline"));
  window.addEventListener("online", function () {
    say("");
    for (const [area, state] of fields) if (state.dirty && area.isConnected) save(area);
  });

  // --- Plain forms.
  const checked = new WeakSet(); // forms whose session was found alive and that go now
  async function go(form, submitter) {
    try {
      await settle(form);
      if (owner()) await alive(form);
      // A form that is still telling that it is sent takes no second order.
      else await new Promise((resolve) => { setTimeout(resolve); });
      say("");
      checked.add(form);
      rest(form);
      form.requestSubmit(submitter);
    } catch {
      rest(form);
      say("offline");
      // It was not sent, so it is a draft still.
      for (const area of form.querySelectorAll("[data-draft]")) if (fields.has(area)) save(area);
    }
  }
  document.addEventListener("submit", function (event) {
    const form = event.target;
    const stop = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (form.hasAttribute("data-busy")) return stop();
    if (form.hasAttribute("data-waits") && document.querySelector("[data-sign-in]")) {
      stop();
      return document.querySelector("[data-sign-in]").scrollIntoView();
    }
    if (form.closest("[data-sign-in]")) {
      stop();
      return signIn(form, event.submitter);
    }
    busy(form, event.submitter);
    // The browser's own 'stop' tells nobody.
    setTimeout(rest, 15000, form);
    if (window.htmx && form.hasAttribute("data-hx-post") && (owner() || link())) {
      const trigger = form.getAttribute("data-hx-trigger") || "submit";
      // htmx takes it from here, or it is a form that only saves by itself.
      if (trigger.includes("submit")) return;
    }
    if (form.method === "post" && (owner() || link()) && form.closest("main") && form.requestSubmit && !checked.delete(form)) {
      stop();
      go(form, event.submitter);
    }
  }, true);
  window.addEventListener("pageshow", function () {
    all("form[data-busy]").forEach(rest);
  });

  // --- Forms of htmx: the same request again, once somebody has signed in.
  document.addEventListener("htmx:before:request", function (event) {
    const ctx = event.detail.ctx;
    const form = ctx.request.form;
    if (ctx.request.method !== "POST" || !form || !(owner() || link())) return;
    ctx.fetch = async function (address, options) {
      await settle(form);
      let answer = await fetch(address, options);
      if (!owner() || (answer.status !== 401 && answer.status !== 400)) return answer;
      // htmx would give up while somebody looks for a password.
      clearTimeout(ctx.requestTimeout);
      options.body.set("csrf_token", await alive(form));
      return fetch(address, options);
    };
  });
  document.addEventListener("htmx:after:request", function (event) {
    const ctx = event.detail.ctx;
    say("");
    // What was sent and accepted is no longer typed; what was typed meanwhile stays.
    if (ctx.response.status !== 200 || !ctx.sourceEvent || ctx.sourceEvent.type !== "submit" || !ctx.request.form) return;
    for (const area of ctx.request.form.querySelectorAll("textarea")) {
      if (ctx.request.body && area.value === ctx.request.body.get(area.name)) area.value = area.defaultValue;
    }
  });
  document.addEventListener("htmx:response:error", function (event) {
    const status = event.detail.ctx.response.status;
    // Not there any more, for this reader: the page must not stay on the screen.
    if (status === 404) location.reload();
    else if (status !== 422 && status !== 409) say("failed");
  });
  document.addEventListener("htmx:error", function (event) {
    const ctx = event.detail.ctx;
    if (!ctx || ctx.response) return;
    say("offline");
    const form = ctx.request && ctx.request.form;
    for (const area of form ? form.querySelectorAll("[data-draft]") : []) if (fields.has(area)) save(area);
  });
  document.addEventListener("htmx:finally:request", function (event) {
    const form = event.detail.ctx && event.detail.ctx.request.form;
    if (form) rest(form);
  });
})();
