/*
 * The drafting page: after each autosave (forms.js) the marks, the list of what is missing and 报送审批 follow what the
 * server said. Without script the same is seen after 保存.
 */
"use strict";

document.addEventListener("autosaved", (event) => {
  const { missing = [], errors = [] } = event.detail;
  const wrong = [...missing, ...errors].map((reason) => reason.pointer);
  const marks = all(".block__head [data-pointers]");
  for (const mark of marks) {
    const pointers = mark.dataset.pointers.split(" ");
    const open = wrong.some((pointer) => pointers.some((start) => pointer === start || pointer.startsWith(`${start}/`)));
    const state = open ? "miss" : mark.dataset.mark === "papers" && mark.dataset.m !== "done" ? "" : "done";
    all(`[data-mark="${mark.dataset.mark}"]`).forEach((twin) => (twin.dataset.m = state));
  }
  const done = marks.filter((mark) => mark.dataset.m === "done").length;
  all("[data-done]").forEach((count) => (count.textContent = done));
  one("[data-share]")?.setAttribute("width", `${(100 * done) / marks.length}%`);
  showMissing(missing);
});

function showMissing(missing) {
  const sum = one("#gaps-sum");
  sum.firstElementChild.dataset.m = missing.length ? "miss" : "done";
  const words = missing.length === 1 && sum.dataset.one ? sum.dataset.one : sum.dataset.some;
  sum.lastElementChild.textContent = missing.length ? words.replace("{n}", missing.length) : sum.dataset.none;
  one("#gaps").replaceChildren(
    ...missing.map(({ href, detail }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = href;
      link.textContent = detail;
      line.append(link);
      return line;
    }),
  );
  allowSubmit(!missing.length);
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
