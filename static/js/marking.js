// A share or exact points: choosing one takes the other back.
//   form[data-marking]   holds radio buttons "share" and a field "points"
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-marking]")) return;
  if (event.target.name === "share") form.elements.namedItem("points").value = "";
  if (event.target.name !== "points" || !event.target.value.trim()) return;
  for (const share of form.elements.namedItem("share")) share.checked = false;
});
