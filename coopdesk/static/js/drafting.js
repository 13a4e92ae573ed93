/*
 * The drafting page: after each autosave (forms.js) the marks, the list of what is missing and 报送审批 follow what the
 * server said. Without script the same is seen after 保存.
 */
"use strict";

document.addEventListener("autosaved", (event) => {
  const { missing = [], errors = [], title = "", duplicates = [], route = [] } = event.detail;
  const wrong = [...missing, ...errors].map((reason) => reason.pointer);
  const marks = all(".block__head [data-pointers]");
  for (const mark of marks) {
    const pointers = mark.dataset.pointers.split(" ");
    const open = wrong.some((pointer) => pointers.some((start) => pointer === start || pointer.startsWith(`${start}/`)));
    const state = open ? "miss" : "done";
    all(`[data-mark="${mark.dataset.mark}"]`).forEach((twin) => (twin.dataset.m = state));
  }
  const done = marks.filter((mark) => mark.dataset.m === "done").length;
  all("[data-done]").forEach((count) => (count.textContent = done));
  one("[data-share]")?.setAttribute("width", `${(100 * done) / marks.length}%`);
  showMissing(missing, errors);
  showErrors(event.target, errors);
  showTitle(title);
  showDuplicates(duplicates);
  showRoute(route);
});

/* Open requests that look like this one, with a way to each. */
function showDuplicates(found) {
  const notice = one("#duplicates");
  notice.hidden = !found.length;
  one("ul", notice).replaceChildren(
    ...found.map(({ href, number, status, names, why }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      const who = document.createElement("span");
      link.href = href;
      link.className = "mono";
      link.textContent = number;
      who.lang = "zh-CN";
      who.dataset.user = "";
      who.textContent = names;
      line.append(link, ` ${status} `, who, `${notice.dataset.colon}${why}`);
      return line;
    }),
  );
}

/* Each field that could not be read says why, with what was typed still in it. */
function showErrors(form, errors) {
  const wrong = new Map(errors.map((error) => [error.href.slice(1), error.detail]));
  for (const field of all("input, textarea, select", form)) {
    const words = wrong.get(field.id);
    if (words || field.hasAttribute("aria-invalid")) mark(field, words);
  }
}

function mark(field, words) {
  const id = `${field.id}-error`;
  const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((other) => other && other !== id);
  const described = words ? [...others, id] : others;
  field.toggleAttribute("aria-invalid", false);
  if (words) field.setAttribute("aria-invalid", "true");
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
  document.getElementById(id)?.remove();
  if (!words) return;
  const line = document.createElement("span");
  line.className = "error";
  line.id = id;
  line.textContent = words;
  field.after(line);
}

/* The heading is the title as soon as there is one, and what kind of request it is until then. */
function showTitle(title) {
  const heading = one("[data-heading]");
  const kind = one("[data-kind]");
  kind.hidden = !title;
  if ((title || kind.textContent.trim()) === heading.textContent.trim()) return;
  heading.textContent = title || kind.textContent.trim();
  heading.toggleAttribute("data-user", Boolean(title));
  heading.lang = title ? "zh-CN" : document.documentElement.lang;
}

/* A border matter goes to the province and no further: the way ahead follows what was chosen. */
function showRoute(route) {
  const way = one("[data-way]");
  if (!way || !route.length) return;
  const abroad = one(".abroad", way);
  const stops = route.map((name) => {
    const stop = document.createElement("li");
    stop.textContent = name;
    stop.lang = "zh-CN";
    stop.setAttribute("data-user", "");
    return stop;
  });
  way.replaceChildren(...stops, ...(abroad ? [abroad] : []));
}

function showMissing(missing, errors) {
  const sum = one("#gaps-sum");
  const open = [...missing, ...errors];
  const words = missing.length ? sum.dataset.some : errors.length ? sum.dataset.wrong : sum.dataset.none;
  sum.firstElementChild.dataset.m = open.length ? "miss" : "done";
  sum.lastElementChild.textContent = words.replace("{n}", missing.length || errors.length);
  one("#gaps").replaceChildren(
    ...open.map(({ href, detail, label }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = href;
      link.textContent = label ? `${label}${sum.dataset.colon}${detail}` : detail;
      line.append(link);
      return line;
    }),
  );
  allowSubmit(!open.length);
}

function allowSubmit(allowed) {
  for (const button of all("[data-submit]")) {
    if (allowed) {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("aria-describedby");
    } else {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-describedby", "gaps-sum");
    }
  }
}

/* Without script 报送审批 can always be pressed, and the server says what is missing. */
if (one("#gaps li")) allowSubmit(false);

/* What is typed and not yet saved may be all that was missing: the server decides. */
document.addEventListener("input", (event) => {
  if (event.target.closest?.("form[data-autosave]")) allowSubmit(true);
});

/* A link to what is missing puts the cursor where it is mended. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#f-"]');
  const target = link && one(link.getAttribute("href"));
  if (!target) return;
  const field = target.matches("input, textarea, select") ? target : one("input:not([type=hidden]), textarea, button", target);
  event.preventDefault();
  (field || target).focus();
});
