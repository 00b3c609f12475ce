/**
 * The demo shop page. State lives in the address (?as=<buyer>&lang=<language>), so every view can be linked to.
 * Everything that comes from the server is set as text, never as markup.
 */

const LANGUAGES = {
  en: "English", zh: "中文", es: "Español", pt: "Português", ru: "Русский", de: "Deutsch", fr: "Français", ar: "العربية",
};
// Arabic shoppers of this shop write amounts and quantities in western digits, as the assistant does.
const LOCALES = { ar: "ar-u-nu-latn" };
const SHOP = "Lotus Bridge Trading";
const COLOR = "#0f6b5c";
const CARDS_LOADED_AT_ONCE = 8;

const byId = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
let strings = {};
let language = "en";

/** Text of a key in the page's language, with {name} parts filled in. */
function say(key, values = {}) {
  return (strings[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Creates an element; `attributes` are set with setAttribute, `children` are nodes or strings. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** The address of this page with some parts of the query changed; null removes a part. */
function link(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

async function json(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function regionName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function price(product) {
  const format = new Intl.NumberFormat(LOCALES[language] ?? language, { style: "currency", currency: product.currency });
  return format.format(Number(product.price));
}

/** Asked-for language, else the played buyer's, else the browser's. */
function chooseLanguage(buyer) {
  const wishes = [address.get("lang"), buyer?.language, ...navigator.languages];
  const known = wishes.map((wish) => wish?.split("-")[0].toLowerCase()).find((wish) => wish in LANGUAGES);
  return known ?? "en";
}

function translatePage() {
  const root = document.documentElement;
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  document.title = say("page_title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = say(node.dataset.placeholder);
}

function showLanguages() {
  const select = byId("language");
  for (const [code, name] of Object.entries(LANGUAGES)) {
    select.append(element("option", { value: code, lang: code, selected: code === language }, name));
  }
  select.value = language;
  select.addEventListener("change", () => location.assign(link({ lang: select.value })));
}

function initials(name) {
  const words = name.split(/[\s-]+/u);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [name];
  return letters.map((word) => [...word][0]).join("").toUpperCase();
}

function personCard({ href, current, mark, name, note, lang }) {
  const text = element("span", {}, element("strong", {}, element("bdi", { lang }, name)), element("span", {}, note));
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" }, mark);
  return element("li", {}, element("a", { href, "aria-current": current ? "true" : undefined }, avatar, text));
}

/** On phones the buyers are one sideways row: the chosen one starts in its middle, and the page does not move. */
function bringIntoView(row, item) {
  const [outer, inner] = [row.getBoundingClientRect(), item.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

function showPeople(buyers, buyer) {
  // A buyer brings their own language along; an explicit choice of language is dropped on the switch.
  byId("people").append(
    personCard({
      href: link({ as: null, lang: language }), current: !buyer, mark: "?", name: say("as_anonymous"), note: say("as_anonymous_text"),
    }),
    ...buyers.map((one) => personCard({
      href: link({ as: one.id, lang: null }),
      current: one === buyer,
      mark: initials(one.name),
      name: one.name,
      note: `${regionName(one.country)} · ${LANGUAGES[one.language] ?? one.language}`,
      lang: one.language,
    })),
  );
  bringIntoView(byId("people"), byId("people").querySelector("[aria-current]"));
  if (!buyer?.orders?.length) return;
  const numbers = buyer.orders.slice(0, 5).map((order) => element(
    "button",
    { type: "button", class: "chip number", dir: "ltr", "data-liaison-ask": say("try_order", { order }) },
    order,
  ));
  byId("orders").append(element("strong", {}, say("as_now", { name: buyer.name })), element("span", {}, say("as_orders")), ...numbers);
  byId("orders").hidden = false;
}

function showQuestions(buyer) {
  const order = buyer?.orders?.[0];
  const questions = {
    try_two_label: say("try_two"),
    try_order_label: order ? say("try_order", { order }) : say("try_order_plain"),
    try_bulk_label: say("try_bulk"),
    try_alarm_label: say("try_alarm"),
  };
  for (const [label, question] of Object.entries(questions)) {
    byId("questions").append(element("li", {}, element(
      "button",
      { type: "button", "data-liaison-ask": question },
      element("span", { class: "label" }, say(label)),
      element("span", { dir: "auto" }, question),
    )));
  }
}

/** "Satin ribbon, 25 mm × 91 m" is asked for as "Satin ribbon", unless another product begins alike. */
function spokenName(product, products) {
  const short = (name) => name.split(/[,،，]\s/u)[0];
  const name = nameOf(product);
  const alike = products.filter((other) => short(nameOf(other)) === short(name));
  return alike.length === 1 ? short(name) : name;
}

const nameOf = (product) => product.name[language] ?? product.name.en ?? product.sku;

function productCard(product, index, products) {
  const name = nameOf(product);
  const heading = element("h3", { id: `name-${product.sku}` }, name);
  const unit = say(`unit_${product.unit}`) || product.unit;
  const cost = element("p", { class: "price" }, element("strong", { dir: "ltr" }, price(product)), element("span", {}, ` / ${unit}`));
  const image = element("img", {
    src: product.image, alt: "", width: 400, height: 400, decoding: "async", loading: index < CARDS_LOADED_AT_ONCE ? undefined : "lazy",
  });
  const ask = element(
    "button",
    {
      type: "button", class: "button quiet ask", id: `ask-${product.sku}`, "aria-labelledby": `ask-${product.sku} name-${product.sku}`,
      "data-liaison-ask": say("ask_product", { product: spokenName(product, products) }),
    },
    say("ask"),
  );
  const about = element("p", { class: "muted small-text" }, say("moq", { n: product.moq }));
  const category = element("p", { class: "category" }, say(`cat_${product.category}`) || product.category);
  return element("li", { class: "product" }, element("div", { class: "picture" }, image), element("div", { class: "about" }, category, heading, cost, about, ask));
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function showProducts(products) {
  const cards = products.map((product, index) => ({
    product,
    card: productCard(product, index, products),
    // A word in any of the languages finds the product, and so does its number.
    words: fold([product.sku, say(`cat_${product.category}`), ...Object.values(product.name)].join(" ")),
  }));
  const grid = byId("grid");
  grid.replaceChildren(...cards.map(({ card }) => card));
  grid.setAttribute("aria-busy", "false");
  let category = "";

  function filter() {
    const wanted = fold(byId("search").value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { product, card, words } of cards) {
      const fits = (!category || product.category === category) && wanted.every((word) => words.includes(word));
      card.hidden = !fits;
      if (fits) shown += 1;
    }
    byId("count").textContent = say("count", { n: shown });
    byId("empty").hidden = shown > 0;
    byId("empty").textContent = say("none");
  }

  const chips = ["", ...new Set(products.map((product) => product.category))].map((value) => {
    const text = value ? say(`cat_${value}`) || value : say("all");
    const chip = element("button", { type: "button", class: "chip", "aria-pressed": String(value === category) }, text);
    chip.addEventListener("click", () => {
      category = value;
      for (const other of chips) other.setAttribute("aria-pressed", String(other === chip));
      filter();
    });
    return chip;
  });
  byId("categories").replaceChildren(...chips);
  byId("search").addEventListener("input", filter);
  filter();
}

function showWaiting() {
  byId("grid").replaceChildren(...Array.from({ length: 8 }, () => element("li", { class: "product waiting", "aria-hidden": "true" })));
}

async function loadProducts(request) {
  try {
    const products = await request;
    byId("empty").hidden = true;
    showProducts(products);
  } catch {
    const retry = element("button", { type: "button", class: "button quiet" }, say("retry"));
    retry.addEventListener("click", () => {
      showWaiting();
      loadProducts(json("/demo/products.json"));
    });
    byId("grid").replaceChildren();
    byId("empty").replaceChildren(say("failed"), " ", retry);
    byId("empty").hidden = false;
  }
}

/** The chat is one script tag; it is made here because identity and language are known only now. */
function startChat(buyer) {
  const script = element("script", {
    src: "/widget.js",
    "data-identity": buyer?.identity,
    "data-locale": language,
    "data-title": SHOP,
    "data-greeting": say("greeting"),
    "data-color": COLOR,
  });
  script.addEventListener("error", () => { byId("toast").textContent = say("chat_failed"); });
  document.body.append(script);
}

async function start() {
  const products = json("/demo/products.json");
  products.catch(() => {}); // reported when it is shown
  const [texts, buyers] = await Promise.all([json("/demo/strings.json"), json("/demo/buyers.json").catch(() => [])]);
  const buyer = buyers.find((one) => one.id === address.get("as"));
  language = chooseLanguage(buyer);
  strings = { ...texts.en, ...texts[language] };
  translatePage();
  showLanguages();
  showPeople(buyers, buyer);
  showQuestions(buyer);
  showWaiting();
  document.documentElement.classList.remove("pending");
  startChat(buyer);
  await loadProducts(products);
}

start().catch(() => document.documentElement.classList.remove("pending"));
