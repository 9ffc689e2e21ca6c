"use strict";

const element = (id) => document.getElementById(id);
const headers = () => (element("token").value ? { Authorization: `Bearer ${element("token").value}` } : {});

let explains = false;

async function showModel() {
  const response = await fetch("/v1/model", { headers: headers() });
  if (response.status === 401) {
    element("token-row").hidden = false;
    element("about").textContent = "This server asks for a token.";
    return;
  }
  const model = await response.json();
  explains = model.explains;
  const names = model.classes || model.numbers || [];
  const shown = names.slice(0, 12).join(", ") + (names.length > 12 ? " and " + (names.length - 12) + " more" : "");
  element("about").textContent = `${model.name}: ${shown}`;
}

function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(name, value, share) {
  const line = make("tr");
  line.append(make("td", name), make("td", value, "number"));
  if (share !== undefined) {
    const meter = make("meter");
    meter.max = 1;
    meter.value = share;
    meter.setAttribute("aria-label", `${name} ${value}`);
    const cell = make("td");
    cell.append(meter);
    line.append(cell);
  }
  return line;
}

function show(file, reply) {
  const item = make("li");
  const picture = make("img");
  picture.src = URL.createObjectURL(file);
  picture.alt = "";
  picture.onload = picture.onerror = () => URL.revokeObjectURL(picture.src);
  const answer = make("div", undefined, "answer");
  answer.append(make("h2", file.name));
  if (reply.error) {
    answer.append(make("p", reply.error, "error"));
  } else {
    if (reply.none_of_these) answer.append(make("p", "None of the classes. The nearest ones:"));
    const table = make("table");
    for (const found of reply.classes || []) {
      table.append(row(found.name, `${(100 * found.probability).toFixed(1)} %`, found.probability));
    }
    for (const [name, value] of Object.entries(reply.numbers || {})) table.append(row(name, String(value)));
    answer.append(table);
  }
  item.append(picture, answer);
  if (explains && !reply.error) item.append(explanation(file, reply));
  element("answers").prepend(item);
}

function explanation(file, reply) {
  const button = make("button", reply.classes ? "Where is it seen?" : "What raises it?");
  button.type = "button";
  button.addEventListener("click", async () => {
    button.disabled = true;
    const response = await fetch("/v1/explain", { method: "POST", body: file, headers: headers() }).catch(() => null);
    if (!response || !response.ok) {
      button.disabled = false;
      button.textContent = "The server did not answer. Try again?";
      return;
    }
    const picture = make("img", undefined, "explanation");
    picture.src = URL.createObjectURL(await response.blob());
    picture.alt = reply.classes
      ? `Where the model sees ${reply.classes[0].name} in ${file.name}`
      : `What raises the number in ${file.name}`;
    button.replaceWith(picture);
  });
  return button;
}

async function predict(file) {
  const body = new FormData();
  body.append("photo", file, file.name);
  for (let attempt = 0; ; attempt++) {
    const response = await fetch("/v1/predict?top=3", { method: "POST", body, headers: headers() });
    if ((response.status === 429 || response.status === 503) && attempt < 20) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      continue;
    }
    const reply = await response.json();
    return reply.photos ? reply.photos[0] : { error: reply.error.message };
  }
}

async function send(files) {
  let done = 0;
  for (const file of files) {
    element("status").textContent = `Photo ${++done} of ${files.length}: ${file.name}`;
    let reply;
    try {
      reply = await predict(file);
    } catch (error) {
      reply = { error: "The server did not answer." };
    }
    show(file, reply);
  }
  element("status").textContent = done === 1 ? "1 photo answered." : `${done} photos answered.`;
}

const drop = element("drop");
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  send(event.dataTransfer.files);
});
element("files").addEventListener("change", (event) => send(event.target.files));
element("token").addEventListener("change", showModel);
element("form").addEventListener("submit", (event) => event.preventDefault());
showModel().catch(() => { element("about").textContent = "The server did not answer."; });
