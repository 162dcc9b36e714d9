// Saves a part of a draft while it is typed, and when the page is left. It never submits a bid;
// without it, or when it fails, the Save button does the same.
const WAIT = 3000; // milliseconds after the last key

const status = document.querySelector("[data-autosave]");
const form = status?.parentElement.querySelector("form:has([name=seen])");
let timer = null;
let saved = null; // what was last sent and kept, or shown
let running = null; // the save that is under way
let stopped = false; // another text was saved meanwhile: a person has to look

function typed() {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("csrfmiddlewaretoken");
  fields.delete("seen");
  return fields.toString();
}

function say(text) {
  status.textContent = text;
}

async function send(leaving) {
  const sending = typed();
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
    redirect: "error",
    keepalive: leaving,
  });
  const told = await answer.json();
  if (answer.ok) {
    saved = sending;
    form.elements.seen.value = told.seen;
    say(`Draft saved at ${told.saved_at}`);
  } else if (answer.status === 409) {
    stopped = true;
    say("Not saved: somebody in your organisation has saved something else. Press the button to see both.");
  } else {
    say(`Not saved: ${told.reasons.join(" ")}`);
  }
}

async function save({ leaving = false } = {}) {
  clearTimeout(timer);
  await running;
  if (stopped || typed() === saved) return;
  running = send(leaving)
    .catch(() => say("Not saved: the portal did not answer. Press the button to try again."))
    .finally(() => (running = null));
  await running;
}

if (form) {
  saved = typed();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      running.finally(() => form.requestSubmit());
      return;
    }
    stopped = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ leaving: true });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
