/*
 * Makes pages faster to use; every page works without it. Markup says what is wanted with data attributes
 * (docs/howto/pages.md), words come from data-word-… on <body>. One listener per kind of event on the document, so
 * fragments that arrive later need no set-up.
 */
"use strict";

const body = document.body;
const word = (name) => body.getAttribute(`data-word-${name}`) || "";
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const visible = (element) => element.getClientRects().length > 0;

/* --- Keyboard ------------------------------------------------------------------------------------------------- */

const inField = (target) =>
  target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");

let prefix = "";
let prefixTimer = 0;

function remember(key) {
  prefix = key;
  clearTimeout(prefixTimer);
  prefixTimer = setTimeout(() => (prefix = ""), 1200);
}

/* What data-key names: a field takes the cursor, anything else is clicked. A link may be out of sight. */
function press(sequence) {
  const named = all(`[data-key="${CSS.escape(sequence)}"]`);
  const target = named.find(visible) || named.find((element) => element.matches("a[href]"));
  if (!target) return false;
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

const ROWS = ".table--rows tbody tr";
const rowLink = (row) => one("a.ttl, a[href]", row);

function moveCursor(step) {
  const rows = all(ROWS).filter((row) => visible(row) && rowLink(row));
  if (!rows.length) return false;
  const current = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = current < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(current + step, 0), rows.length - 1);
  rows.forEach((row) => row.removeAttribute("aria-current"));
  rows[next].setAttribute("aria-current", "true");
  rowLink(rows[next]).focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

function firstAction() {
  const act = all("details.act").find(visible);
  if (!act) return false;
  act.open = true;
  (one("textarea, input:not([type=hidden]), select, button", act) || one("summary", act)).focus();
  return true;
}

function follow(rel) {
  const link = one(`a[rel="${rel}"]`);
  link?.click();
  return Boolean(link);
}

/* What Ctrl+Enter presses: the primary button, if it can be pressed, else the first. */
function mainButton(form) {
  const buttons = [...form.elements].filter((element) => element.matches("button:not([type=button], [disabled])"));
  const ready = (button) => button.matches(".btn--primary:not([aria-disabled=true])");
  return buttons.find(ready) || buttons[0] || null;
}

const SINGLE = {
  j: () => moveCursor(1),
  k: () => moveCursor(-1),
  e: () => press("e") || firstAction(),
  "[": () => follow("prev"),
  "]": () => follow("next"),
};

function onKey(event) {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === "Escape") return onEscape(event);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form");
    if (form) form.requestSubmit(mainButton(form));
    return;
  }
  const off = body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || inField(event.target);
  if (off || event.key.length !== 1) return;
  const key = event.key.toLowerCase();
  const sequence = prefix ? `${prefix} ${key}` : key;
  prefix = "";
  if (all(`[data-key^="${CSS.escape(sequence)} "]`).length) return remember(sequence);
  if (press(sequence) || SINGLE[sequence]?.()) event.preventDefault();
}

/* Esc closes the popover around the focus, else leaves the field. Dialogs and native popovers close themselves. */
function onEscape(event) {
  const open = all("details.src[open]");
  if (open.length) {
    open.forEach((details) => (details.open = false));
    one("summary", open.at(-1)).focus();
    event.preventDefault();
  } else if (inField(event.target)) {
    event.target.blur();
  }
}

document.addEventListener("keydown", onKey);
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(ROWS);
  if (!row || row.hasAttribute("aria-current")) return;
  all(`${ROWS}[aria-current]`).forEach((other) => other.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
});

/* --- Popovers that are <details class="src"> ------------------------------------------------------------------ */

document.addEventListener("click", (event) => {
  all("details.src[open]").forEach((details) => {
    if (!details.contains(event.target)) details.open = false;
  });
});
document.addEventListener(
  "toggle",
  (event) => {
    const details = event.target;
    if (!details.matches?.("details.src:not(.menu)") || !details.open) return;
    one(".pop :is(input:not([type=hidden]), select, textarea)", details)?.focus();
  },
  true,
);

/* --- Clicks that data attributes name ---------------------------------------------------------------------------- */

const CLICKS = {
  copy: async (button) => {
    const text = button.dataset.copy;
    await navigator.clipboard.writeText(text.startsWith("#") ? one(text).textContent.trim() : text);
    say(button, word("copied"));
  },
  print: () => window.print(),
  back: () => history.back(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-print], [data-back]");
  if (!button) return;
  const name = Object.keys(CLICKS).find((key) => key in button.dataset);
  event.preventDefault();
  CLICKS[name](button);
});

/* A short word beside a control, gone after a moment, read out by screen readers. */
function say(button, text) {
  const status = document.createElement("span");
  status.className = "whisper";
  status.setAttribute("role", "status");
  button.after(status);
  status.textContent = text;
  setTimeout(() => status.remove(), 2500);
}

/* --- Focus and place -------------------------------------------------------------------------------------------- */

function focusFirst() {
  const target = one("[data-focus]");
  if (target) target.focus();
}

/* The tab of the part that is being read. */
function spy() {
  for (const nav of all("[data-spy]")) {
    const links = new Map(all('a[href^="#"]', nav).map((link) => [one(link.getAttribute("href")), link]));
    links.delete(null);
    const mark = () => {
      const line = Math.min(nav.getBoundingClientRect().bottom, 120) + 24;
      const read = [...links.keys()].filter((part) => part.getBoundingClientRect().top <= line).at(-1);
      const here = links.get(read) || [...links.values()][0];
      links.forEach((link) => (link === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    document.addEventListener("scroll", mark, { passive: true });
    mark();
  }
}

/* After htmx has swapped: the new heading, error or notice takes the focus, as a new page would. */
document.addEventListener("htmx:after:swap", () => focusFirst());

focusFirst();
spy();
