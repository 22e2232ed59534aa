document.querySelector("sandra-voice").addEventListener("sandra-open", () => {
  document.body.dataset.asked = "yes";
});
