// What a page does beyond htmx. Everything here is on top of pages that work without it.
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector) => document.querySelectorAll(selector);
  root.classList.add("js");

  // Quick hide: Escape twice within a second and a half, or the link. The page is blanked first, so that
  // nothing is seen while the neutral one loads, and replaced, so that 'back' does not return to it.
  let escapedAt = -Infinity;
  function hide() {
    const link = document.querySelector("[data-hide]");
    root.hidden = true;
    document.title = (link && link.dataset.title) || "";
    location.replace(link ? link.href : "/agenda");
  }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escapedAt <= 1500) hide();
    escapedAt = event.timeStamp;
  }, true);

  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-hide]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      hide();
    } else if (event.target.closest("[data-print]")) {
      window.print();
    }
    for (const menu of all("details.rp-me[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // data-show-when="name=value" (or name=one|two): shown while a control of that name has the value.
  function holds(block) {
    const at = block.dataset.showWhen.indexOf("=");
    const name = block.dataset.showWhen.slice(0, at);
    const values = block.dataset.showWhen.slice(at + 1).split("|");
    return Array.from((block.closest("form") || document).querySelectorAll("[name]")).some(function (control) {
      const out = (control.type === "radio" || control.type === "checkbox") && !control.checked;
      return control.name === name && !out && values.includes(control.value);
    });
  }
  function show() {
    for (const block of all("[data-show-when]")) block.hidden = !holds(block);
  }
  document.addEventListener("change", show);

  function focusSummary() {
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }

  document.addEventListener("htmx:after:swap", function (event) {
    show();
    // Saving with the keyboard must not throw the reader back to the top of the page.
    const target = event.detail.ctx && event.detail.ctx.target;
    const swapped = target && target.id && document.getElementById(target.id);
    if (swapped && document.activeElement === document.body) {
      swapped.tabIndex = -1;
      swapped.focus({ preventScroll: true });
    }
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && (response.status === 422 || response.status === 409)) focusSummary();
  });

  // data-live asks for itself again and again, but not while nobody looks; whoever comes back sees it at once.
  document.addEventListener("htmx:config:request", function (event) {
    if (document.hidden && isLive(event.detail.ctx)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && window.htmx) all("[data-live]").forEach(function (part) { htmx.trigger(part, "refresh"); });
  });
  // An opened action and a form with a changed field stay as they are, whatever is new around them.
  function inUse(part) {
    const changed = Array.from(part.querySelectorAll("input:not([type=hidden]), textarea, select")).some(function (control) {
      if (control === document.activeElement) return true;
      if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
      if (control.options) return Array.from(control.options).some((option) => option.selected !== option.defaultSelected);
      return control.value !== control.defaultValue;
    });
    return changed || part.classList.contains("rp-open");
  }
  const unfolded = []; // ids of what was folded out before a swap
  const isLive = (ctx) => ctx.sourceElement.hasAttribute("data-live");
  document.addEventListener("htmx:before:swap", function (event) {
    const ctx = event.detail.ctx;
    if (!isLive(ctx)) return;
    const used = Array.from(ctx.sourceElement.querySelectorAll("[id].rp-open, form")).filter(inUse);
    if (used.some((part) => part.id && !ctx.text.includes('id="' + part.id + '"'))) {
      // What is in use and no longer there has to stay until it is closed; what was not shown is asked for again.
      event.preventDefault();
      delete ctx.sourceElement._htmx.ptag;
    } else {
      used.forEach((part) => part.setAttribute("hx-morph-skip", ""));
      unfolded.push(...Array.from(ctx.sourceElement.querySelectorAll("details[id][open]"), (part) => part.id));
    }
  });
  // Not there for this reader any more: nothing of it stays on the screen, nor what was being typed in it.
  document.addEventListener("htmx:before:response", function (event) {
    const ctx = event.detail.ctx;
    if (ctx.response.status !== 404 || !isLive(ctx)) return;
    event.preventDefault();
    root.hidden = true;
    location.replace(location.pathname);
  });
  // Behind a shared link it leads to its door, and nothing stays on the screen but what somebody is typing: sent, it
  // comes back at the door.
  document.addEventListener("htmx:before:response", function (event) {
    const ctx = event.detail.ctx;
    if (ctx.response.status !== 401 || ctx.request.method !== "GET" || !document.body.dataset.link) return;
    event.preventDefault();
    const used = Array.from(all("main form")).find(inUse);
    if (!used) {
      root.hidden = true;
      location.replace(document.body.dataset.link);
      return;
    }
    root.classList.add("rp-closed");
    used.classList.add("rp-stays");
    const status = document.querySelector("[data-status]");
    status.textContent = status.dataset.closed;
  });
  // A session that has ended leads to the sign-in page, but not away from words: then it is asked for beside them.
  document.addEventListener("htmx:before:response", function (event) {
    const ctx = event.detail.ctx;
    if (ctx.response.status !== 401 || ctx.request.method !== "GET" || document.body.dataset.link) return;
    const used = Array.from(all("main form")).find(inUse) || document.querySelector("main .rp-open form");
    if (!used) return;
    event.preventDefault();
    used.dispatchEvent(new CustomEvent("rp:ended", { bubbles: true }));
  });
  document.addEventListener("htmx:after:swap", function () {
    all("[hx-morph-skip]").forEach((part) => part.removeAttribute("hx-morph-skip"));
    for (const id of unfolded.splice(0)) {
      const part = document.getElementById(id);
      if (part) part.open = true;
    }
  });

  document.addEventListener("DOMContentLoaded", function () {
    // Without htmx nothing saves by itself: the plain buttons have to come back.
    if (!window.htmx) root.classList.remove("js");
    show();
    focusSummary();
    document.querySelectorAll(".rp-subnav [aria-current]").forEach(function (part) {
      part.parentElement.scrollLeft = part.offsetLeft - 16;
    });
    if (document.querySelector("[data-print=now]")) window.print();
  });
})();
