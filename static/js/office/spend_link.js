// A link's token is in the fragment, which the browser never sends. Move it into the form of this page, take
// it out of the address bar, and post the form at once where the page asks for it (`data-submit`).

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
for (const form of document.querySelectorAll("form[data-token]")) {
  const field = form.querySelector("input[name=token]");
  if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) continue;
  field.value ||= token;
  if (form.hasAttribute("data-submit") && token) form.requestSubmit();
}
