// Forms that take something away ask first: `data-ask` holds the question.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form instanceof HTMLFormElement && form.dataset.ask && !confirm(form.dataset.ask)) event.preventDefault();
});
