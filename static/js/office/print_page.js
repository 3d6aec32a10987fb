// Shows the button that prints this page.

const button = document.getElementById("print");
if (button instanceof HTMLButtonElement) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
