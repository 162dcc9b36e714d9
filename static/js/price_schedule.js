// Keeps the price schedule in step with the price that is typed; the server gives the same figures.
const field = document.querySelector("[name=weekly_pence]");
const stay = document.querySelector("[data-weeks]");
const besides = ["detox_pence", "one_off_pence", "discount_pence"];

function pence(text) {
  const plain = text.replace(/\s/g, "").replace(/^£/, "");
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const whole = match[1].replaceAll(",", "");
  return whole.length > 9 ? null : Number(whole) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

function gbp(amount) {
  const [sign, size] = [amount < 0 ? "\u2212" : "", Math.abs(amount)];
  const whole = String(Math.floor(size / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}£${whole}.${String(size % 100).padStart(2, "0")}`;
}

// Half up, in whole pence: no step leaves the whole numbers.
function cost(weekly, nights) {
  return Math.floor((2 * weekly * nights + 7) / 14);
}

function compared(weekly, limit) {
  if (weekly === limit) return "The same";
  return `${gbp(Math.abs(weekly - limit))} ${weekly < limit ? "below" : "above"}`;
}

// What each part of a stay costs; nothing at all until every part is an amount.
function sumOf(weekly) {
  const parts = besides.map((name) => {
    const typed = document.querySelector(`[name=${name}]`).value;
    return typed.trim() ? pence(typed) : 0;
  });
  if (weekly === null || parts.includes(null)) return {};
  const [detox, once, discount] = parts;
  const weeks = weekly * Number(stay.dataset.weeks);
  return {
    weekly_pence: weeks,
    ...Object.fromEntries(besides.map((name, place) => [name, parts[place]])),
    compared: weeks + detox + once - discount,
  };
}

function show() {
  const weekly = pence(field.value);
  for (const cell of document.querySelectorAll("[data-nights]")) {
    cell.textContent = weekly === null ? "" : gbp(cost(weekly, Number(cell.dataset.nights)));
  }
  for (const cell of document.querySelectorAll("[data-limit]")) {
    cell.textContent = weekly === null ? "" : compared(weekly, Number(cell.dataset.limit));
  }
  const sum = stay ? sumOf(weekly) : {};
  for (const cell of stay?.querySelectorAll("[data-part]") ?? []) {
    cell.textContent = cell.dataset.part in sum ? gbp(sum[cell.dataset.part]) : "";
  }
}

for (const name of ["weekly_pence", ...besides]) {
  document.querySelector(`[name=${name}]`)?.addEventListener("input", show);
}
if (field?.value) show();
