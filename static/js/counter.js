// How much is written of what a field can hold.
//   [data-counter=id]   says it of the field with this id: "312 of 4,000 characters"
function count(place) {
  const field = document.getElementById(place.dataset.counter);
  if (!field || field.maxLength < 0) return;
  const say = (number) => number.toLocaleString(document.documentElement.lang);
  place.textContent = `${say(field.value.length)} of ${say(field.maxLength)} characters`;
}

document.querySelectorAll("[data-counter]").forEach(count);
document.addEventListener("input", (event) => {
  const place = event.target.id && document.querySelector(`[data-counter="${CSS.escape(event.target.id)}"]`);
  if (place) count(place);
});
