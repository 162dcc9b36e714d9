// Keeps the price schedule in step with the price that is typed; the server gives the same figures.
const field = document.querySelector("[name=weekly_pence]");

function pence(text) {
  const plain = text.replace(/\s/g, "").replace(/^£/, "");
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const whole = match[1].replaceAll(",", "");
  return whole.length > 9 ? null : Number(whole) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

function gbp(amount) {
  const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `£${whole}.${String(amount % 100).padStart(2, "0")}`;
}

// Half up, in whole pence: no step leaves the whole numbers.
function cost(weekly, nights) {
  return Math.floor((2 * weekly * nights + 7) / 14);
}

function compared(weekly, limit) {
  if (weekly === limit) return "The same";
  return `${gbp(Math.abs(weekly - limit))} ${weekly < limit ? "below" : "above"}`;
}

function show() {
  const weekly = pence(field.value);
  for (const cell of document.querySelectorAll("[data-nights]")) {
    cell.textContent = weekly === null ? "" : gbp(cost(weekly, Number(cell.dataset.nights)));
  }
  for (const cell of document.querySelectorAll("[data-limit]")) {
    cell.textContent = weekly === null ? "" : compared(weekly, Number(cell.dataset.limit));
  }
}

field?.addEventListener("input", show);
if (field?.value) show();
