/*
 * Forms: sent once, saved while they are typed, files with progress, rows of a formset. Loaded after app.js and uses its
 * helpers (one, all, word).
 */
"use strict";

/* --- Forms: sent once, busy while they are ------------------------------------------------------------------------ */

const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (button?.getAttribute("aria-disabled") === "true" || sent.has(form)) {
    event.preventDefault();
    return;
  }
  /* Another form of the page leads away from what is being typed. */
  if (!savers.has(form) && !form.matches("[hx-get], [hx-post], [method=dialog]") && saveFirst(event, () => form.requestSubmit(button)))
    return;
  /* Attributes, not properties: a button named "action" would hide form.action. */
  if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post")) return;
  freshToken(form);
  sent.add(form);
  typed.delete(form);
  saverOf(form)?.stop();
  if (form.hasAttribute("data-upload") && all("input[type=file]", form).some((input) => input.files.length)) {
    event.preventDefault();
    upload(form, button);
    return;
  }
  if (button) busy(button);
  /* Still here: the answer was a download. */
  setTimeout(() => calm(form), 15000);
});

/* Logging in again on another page changes the CSRF cookie; the text on this page can still be sent. */
function freshToken(form) {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  if (cookie && field) field.value = cookie[1];
}

function busy(button) {
  button.setAttribute("aria-busy", "true");
  button.dataset.calm = button.innerHTML;
  button.textContent = button.dataset.busy || word("busy");
}

function calm(form) {
  sent.delete(form);
  all("button[aria-busy]").forEach((button) => {
    if (button.form !== form) return;
    button.removeAttribute("aria-busy");
    if ("calm" in button.dataset) button.innerHTML = button.dataset.calm;
  });
}

/* Back from the browser's memory: forms can be sent again. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  leaving = false;
  all("form").forEach(calm);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-auto]");
  if (form) form.requestSubmit();
});

/* --- Autosave: what is typed goes to the server, and the page says when it did ------------------------------------- */

const savers = new Map();
let leaving = false;
const saverOf = (form) => savers.get(form);

class Saver {
  constructor(form) {
    this.form = form;
    this.unsaved = false;
    this.saving = null;
    this.stopped = false; /* the form itself was sent */
    this.wait = 0;
    this.timer = 0;
  }

  touch() {
    this.unsaved = true;
    this.stopped = false;
    this.plan(1500);
  }

  plan(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  stop() {
    clearTimeout(this.timer);
    this.unsaved = false;
    this.stopped = true;
  }

  say(text, state) {
    const status = one("[data-autosave-status]");
    if (!status) return;
    status.dataset.due = state;
    status.textContent = text;
  }

  get open() {
    return !this.stopped && (this.unsaved || this.saving !== null);
  }

  /* Saves what there is, after what is on its way. */
  async save() {
    clearTimeout(this.timer);
    while (this.saving && !leaving) await this.saving;
    if (!this.unsaved) return;
    this.saving = this.attempt();
    await this.saving;
  }

  async attempt() {
    this.unsaved = false;
    this.say(word("saving"), "none");
    try {
      await this.send();
      this.wait = 0;
    } catch {
      this.unsaved = true;
      this.wait = Math.min(this.wait ? this.wait * 2 : 3000, 60000);
      this.say(word("unsaved"), "near");
      this.plan(this.wait);
    } finally {
      this.saving = null;
    }
  }

  /* While the page goes, the browser carries a short text on by itself; a long one goes as it can. */
  post() {
    freshToken(this.form);
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    const headers = { Accept: "application/json", "X-Requested-With": "autosave" };
    const go = (keepalive) =>
      fetch(this.form.dataset.autosave, { method: "POST", body: data, headers, redirect: "manual", keepalive });
    return leaving || document.hidden ? go(true).catch(() => go(false)) : go(false);
  }

  async send() {
    const answer = await this.post();
    if (answer.status === 409 || answer.status === 412) {
      this.unsaved = true;
      return this.say(word("changed"), "near");
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      this.unsaved = true;
      this.say(word("expired"), "late");
      return this.plan(60000);
    }
    if (answer.status >= 400 && answer.status < 500) return this.refused(await answer.json().catch(() => ({})));
    if (!answer.ok) throw new Error(answer.statusText);
    const saved = await answer.json();
    const field = this.form.elements.namedItem("version");
    if (field && saved.version !== undefined) field.value = saved.version;
    /* What cannot be read waits on the server too, but for what it may not keep. */
    if (saved.errors?.length && !saved.kept) this.unsaved = true;
    this.say(`${word("saved")} ${saved.saved || ""}`.trim(), saved.errors?.length ? "near" : "met");
    this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: saved }));
  }

  /* The server will not take this text as it is (too long, say): its words say why; sending it again would not help. */
  refused(answer) {
    this.unsaved = true;
    this.say(answer.detail || word("unsaved"), "near");
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-autosave]");
  if (!form || event.target.type === "file") return;
  if (!savers.has(form)) savers.set(form, new Saver(form));
  saverOf(form).touch();
});

/* --- Leaving: what is typed is saved first; the browser asks only while something is not ----------------------------- */

const anyOpen = () => [...savers.values()].some((saver) => saver.open);
/* A long text that is saved by its button alone: the browser asks before it goes away. */
const typed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-ask]");
  if (form) typed.add(form);
});
/* A line that does not answer is no reason to stay: the browser asks then. */
const saveAll = () =>
  Promise.race([
    Promise.all([...savers.values()].map((saver) => saver.save())),
    new Promise((resolve) => setTimeout(resolve, 5000)),
  ]);

/* True when `go` waits until everything is saved, in place of what `event` would do now. */
let gone = false;
function saveFirst(event, go) {
  if (gone || !anyOpen()) return false;
  event.preventDefault();
  saveAll().then(() => {
    gone = true;
    go();
    gone = false;
  });
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if ((link.target && link.target !== "_self") || link.hasAttribute("download") || !/^https?:$/.test(link.protocol)) return;
  if (link.hash && link.href.split("#")[0] === location.href.split("#")[0]) return;
  saveFirst(event, () => location.assign(link.href));
});
window.addEventListener("beforeunload", (event) => {
  if (anyOpen() || [...typed].some((form) => form.isConnected)) event.preventDefault();
});
/* Leaving the tab is a good moment to save at once; leaving the page is the last one. */
document.addEventListener("visibilitychange", () => {
  if (document.hidden) savers.forEach((saver) => saver.save());
});
window.addEventListener("pagehide", () => {
  leaving = true;
  savers.forEach((saver) => saver.save());
});

/* --- Files ------------------------------------------------------------------------------------------------------ */

const bytes = (count) =>
  count < 1e6 ? `${Math.max(1, Math.round(count / 1000))} kB` : `${(count / 1e6).toFixed(1)} MB`;

document.addEventListener("change", (event) => {
  const box = event.target.type === "file" && event.target.closest("[data-files]");
  if (box) listFiles(box, event.target);
});

/* Shows what was chosen; files over the limit are taken out of the choice and say so. */
function listFiles(box, input) {
  const limit = Number(box.dataset.limit) || Infinity;
  const kept = new DataTransfer();
  const list = one(".upload__list", box);
  list.replaceChildren();
  for (const file of input.files) {
    const line = document.createElement("li");
    const fits = file.size <= limit;
    if (fits) kept.items.add(file);
    line.className = fits ? "" : "error";
    line.textContent = fits ? `${file.name} ${bytes(file.size)}` : `${file.name} ${bytes(file.size)} ${word("too-big")}`;
    list.append(line);
  }
  input.files = kept.files;
}

/* Sends a form with files and shows how far it is; the answer becomes the page. */
function upload(form, button) {
  const request = new XMLHttpRequest();
  const [panel, bar, text, cancel] = progressPanel(form);
  request.upload.onprogress = (event) => {
    const share = Math.round((100 * event.loaded) / event.total);
    bar.value = share;
    text.textContent = `${word("sending")} ${share}%`;
  };
  const again = () => {
    calm(form);
    saverOf(form)?.touch();
  };
  const end = (message) => {
    text.textContent = message;
    cancel.remove();
    again();
  };
  request.onload = () => {
    const elsewhere = new URL(request.responseURL).pathname !== location.pathname;
    if (request.status < 400 && elsewhere) location.assign(request.responseURL);
    else replacePage(request);
  };
  request.onerror = () => end(word("cut"));
  request.onabort = () => panel.remove() || again();
  cancel.onclick = () => request.abort();
  const data = new FormData(form, button);
  request.open("POST", form.getAttribute("action") || location.href);
  request.setRequestHeader("X-Requested-With", "upload");
  request.send(data);
}

function progressPanel(form) {
  one(".sending", form)?.remove();
  const panel = document.createElement("div");
  panel.className = "sending stack-s";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", word("sending"));
  const row = document.createElement("div");
  row.className = "row";
  const text = document.createElement("span");
  text.setAttribute("role", "status");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "btn push";
  cancel.textContent = word("cancel");
  row.append(text, cancel);
  panel.append(bar, row);
  form.append(panel);
  return [panel, bar, text, cancel];
}

/* A page that came by script (this one with the files, a form with errors, a refusal): its <main> takes the place of ours. */
function replacePage(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = one("main", page);
  if (!main) return location.reload();
  one("main").replaceWith(document.importNode(main, true));
  document.title = page.title || document.title;
  savers.clear();
  window.htmx?.process(one("main"));
  focusFirst();
  spy();
}

/* --- Rows of a formset ---------------------------------------------------------------------------------------- */

/* Rows of a Django formset: the template is <template id> with __prefix__ for the number. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add-row], [data-remove-row]");
  if (!button) return;
  event.preventDefault();
  "addRow" in button.dataset ? addRow(button) : removeRow(button);
});

function addRow(button) {
  const rows = one("[data-rows]", button.closest("form, fieldset, section"));
  const total = one(`input[name$="-TOTAL_FORMS"]`, button.closest("form, fieldset, section"));
  const index = Number(total.value);
  const holder = document.createElement("template");
  holder.innerHTML = one(button.dataset.addRow).innerHTML.replaceAll("__prefix__", index);
  const row = holder.content.firstElementChild;
  rows.append(row);
  total.value = index + 1;
  one("input:not([type=hidden]), textarea, select", row)?.focus();
  row.dispatchEvent(new Event("input", { bubbles: true }));
}

function removeRow(button) {
  const row = button.closest("[data-row]");
  const flag = one(`input[name$="-DELETE"]`, row);
  const form = row.closest("form");
  const next = row.nextElementSibling || row.previousElementSibling;
  if (flag) {
    flag.checked = true;
    if (flag.type === "hidden") flag.value = "on";
    row.hidden = true;
  } else {
    all("input, textarea, select", row).forEach((field) => (field.value = ""));
    row.hidden = true;
  }
  form?.dispatchEvent(new Event("input", { bubbles: true }));
  one("input:not([type=hidden]), textarea, select", next || form)?.focus();
}
