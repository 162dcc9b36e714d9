// Turns on the GOV.UK enhancements; every page works without them.
import { initAll } from "../vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// A radio may not carry aria-expanded (ARIA 1.2), which GOV.UK Frontend sets on those that reveal
// a field at start, on each click and when the page is shown again.
function tidyRadios() {
  document
    .querySelectorAll('[type="radio"][aria-expanded]')
    .forEach((radio) => radio.removeAttribute("aria-expanded"));
}
tidyRadios();
document.addEventListener("click", tidyRadios);
window.addEventListener("pageshow", tidyRadios);
