// <button data-locate data-latitude="#id" data-longitude="#id" data-found data-lost hidden>: puts the
// browser's point into two hidden fields. Where it can't be read, the street is enough.
const DIGITS = 5; // about a metre

for (const button of document.querySelectorAll("[data-locate]")) {
  if (!navigator.geolocation) continue;
  const latitude = document.querySelector(button.dataset.latitude);
  const longitude = document.querySelector(button.dataset.longitude);
  const said = button.parentElement.querySelector("[data-located]");
  const tell = (sentence) => {
    said.textContent = sentence;
    button.disabled = false;
  };
  button.hidden = false;
  if (latitude.value && longitude.value) said.textContent = button.dataset.found;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude.toFixed(DIGITS);
        longitude.value = coords.longitude.toFixed(DIGITS);
        tell(button.dataset.found);
      },
      () => tell(button.dataset.lost),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
