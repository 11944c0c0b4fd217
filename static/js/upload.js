// <form data-upload>: every file travels alone, with its bar and its answer beside it.
// Without this module the same form sends all of them at once.
import { token } from "./htmx-csrf.js";

const AT_ONCE = 2;

const row = (form, file) => {
  const item = form.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
  item.querySelector("[data-name]").textContent = file.name;
  item.dataset.size = `${(file.size / 1e6).toFixed(1)} MB`;
  item.querySelector("progress").setAttribute("aria-label", file.name);
  form.querySelector("[data-upload-list]").append(item);
  return item;
};

const show = (item, name, sentence = "", mayTryAgain = false) => {
  item.dataset.state = name;
  for (const word of item.querySelectorAll("[data-word]")) word.hidden = word.dataset.word !== name;
  item.querySelector("[data-again]").hidden = !mayTryAgain;
  item.querySelector("progress").className = { done: "is-done", failed: "is-late" }[name] ?? "";
  item.querySelector("[data-size]").textContent = sentence || item.dataset.size;
};

// The limits are written on the form; what a file really is, the server judges by its bytes.
const tooHeavy = (form, file) => {
  const kind = file.type.split("/")[0];
  const { photoMost, photoTooHeavy, videoMost, videoTooHeavy } = form.dataset;
  const [most, sentence] = { image: [photoMost, photoTooHeavy], video: [videoMost, videoTooHeavy] }[kind] ?? [];
  return file.size > Number(most ?? Infinity) ? sentence : "";
};

const refusal = (request, form) => {
  if (request.status === 0) return form.dataset.lost;
  try {
    return JSON.parse(request.responseText).error ?? form.dataset.failed;
  } catch {
    return form.dataset.failed;
  }
};

const send = (form, input, file, item) =>
  new Promise((resolve) => {
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, file);
    const request = new XMLHttpRequest();
    // An input called "action" would hide the property.
    const address = new URL(form.getAttribute("action") || location.pathname + location.search, location.href).href;
    const bar = item.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      // An answer from elsewhere is the sign-in page, because the session ended: nothing was taken.
      const isDone = request.status >= 200 && request.status < 300 && request.responseURL === address;
      const isRefused = request.status >= 400 && request.status < 500;
      if (isDone) bar.value = 100;
      show(item, isDone ? "done" : "failed", isDone ? "" : refusal(request, form), !isDone && !isRefused);
      resolve(isDone);
    });
    request.open("POST", address);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.setRequestHeader("Accept", "application/json");
    show(item, "sending");
    request.send(body);
  });

const start = (form) => {
  const input = form.querySelector('input[type="file"]');
  const queue = [];
  let running = 0;

  const finished = () => {
    const items = [...form.querySelectorAll("[data-upload-list] > *")];
    const isWhole = items.length > 0 && items.every((item) => item.dataset.state === "done");
    if (isWhole && form.dataset.doneUrl) location.assign(form.dataset.doneUrl);
  };
  const next = async () => {
    if (running >= AT_ONCE) return;
    const job = queue.shift();
    if (!job) {
      if (running === 0) finished();
      return;
    }
    running += 1;
    next();
    await send(form, input, job.file, job.item);
    running -= 1;
    next();
  };
  const add = (files) => {
    for (const file of files) {
      const item = row(form, file);
      const heavy = tooHeavy(form, file);
      if (heavy) {
        show(item, "failed", heavy);
        continue;
      }
      const job = { file, item };
      item.querySelector("[data-again]").addEventListener("click", () => {
        queue.push(job);
        next();
      });
      show(item, "waiting");
      queue.push(job);
    }
    next();
  };

  for (const button of form.querySelectorAll("[data-upload-submit]")) button.hidden = true;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  const zone = form.querySelector(".co-drop");
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (running > 0) event.preventDefault();
  });
};

document.querySelectorAll("form[data-upload]").forEach(start);
