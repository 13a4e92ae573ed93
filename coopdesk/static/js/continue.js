/* A long piece of work that goes on bite by bite: the page asks for the next one by itself. */
document.querySelector("form[data-continue]")?.requestSubmit();
