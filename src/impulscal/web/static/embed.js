// The list of a series' sessions on any website:
//
//   <script src="https://…/embed.js" async></script>
//   <impulscal-sessions series="…"><a href="https://…">shown until the list is there</a></impulscal-sessions>
//
// Attributes: series, lang (de, en), limit (1 to 100), past, heading (1 to 6), theme (light, dark),
// accent (rrggbb). It takes fonts and colours of the page; style it with --impulscal-accent,
// --impulscal-line and ::part(heading | list | session | date | title | state | all).
// It sets no cookie, stores nothing and asks only the server that it came from.
// It also gives the frames of that server their height.
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector('script[src*="/embed.js"]');
  const base = new URL(".", script.src);

  const look = new CSSStyleSheet();
  look.replaceSync(`
    :host { display: block }
    :host([hidden]) { display: none }
    .box { font-size: max(1em, 13px); line-height: 1.5; letter-spacing: normal; word-spacing: normal; text-align: start;
      text-indent: 0; text-transform: none; white-space: normal; overflow-wrap: anywhere; --line: var(--impulscal-line, currentColor) }
    :host([theme=light]) .box { background: #fff; color: #06292c; padding: 1em; --own: #00595e; --line: var(--impulscal-line, #5e8487) }
    :host([theme=dark]) .box { background: #071a1c; color: #eaf6f5; padding: 1em; --own: #6fe0db; --line: var(--impulscal-line, #6f9698) }
    h1, h2, h3, h4, h5, h6 { font-size: 1.25em; line-height: 1.3; margin: 0 0 .6em }
    .past { font-size: 1.1em; margin-top: 1.2em }
    ul { list-style: none; margin: 0 0 1em; padding: 0 }
    li { border-top: 1px solid var(--line); padding: .75em 0 }
    p { margin: 0 }
    time { display: block; font-variant-numeric: tabular-nums }
    a { color: var(--impulscal-accent, var(--picked, var(--own, inherit))); display: inline-block; font-weight: bold;
      min-height: 24px; text-decoration: underline; text-underline-offset: .15em }
    a:focus-visible { outline: 3px solid currentColor; outline-offset: 3px }
    b { border-inline-start: 3px solid; margin-inline-end: .4em; padding-inline-start: .4em }
  `);

  const asked = new Map();
  function load(address) {
    if (!asked.has(address)) {
      const answer = fetch(address, { credentials: "omit" }).then((response) => {
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        return response.json();
      });
      // A failure is not kept: an element that comes later asks again.
      answer.catch(() => asked.delete(address));
      asked.set(address, answer);
    }
    return asked.get(address);
  }

  function make(name, attributes, ...content) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    element.append(...content.filter(Boolean));
    return element;
  }

  function mark(told) {
    return make("p", { part: `state ${told.kind}` }, make("b", {}, told.badge), " ", told.sentence, " ",
      told.note && make("span", { lang: told.note_language, dir: "auto" }, told.note));
  }

  function session(told) {
    return make("li", { part: "session" },
      make("time", { part: "date", datetime: told.start }, told.when),
      make("a", { part: "title", href: told.address, lang: told.title_language, dir: "auto" }, told.title),
      ...(told.marks || []).map(mark));
  }

  function list(sessions) {
    // Safari takes a list without bullets for no list, unless the role says so.
    return make("ul", { part: "list", role: "list" }, ...sessions.map(session));
  }

  class Sessions extends HTMLElement {
    static observedAttributes = ["series", "lang", "limit", "past", "heading", "accent"];

    constructor() {
      super();
      this.tint = new CSSStyleSheet();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [look, this.tint];
      root.append(make("slot", {}));
    }

    connectedCallback() {
      this.attributeChangedCallback();
    }

    attributeChangedCallback() {
      // Many attributes may come at once: one showing for all of them.
      if (!this.isConnected || this.due) return;
      this.due = true;
      queueMicrotask(() => {
        this.due = false;
        this.show();
      });
    }

    async show() {
      const given = (name) => this.getAttribute(name) || "";
      const prefix = /^(de|en)$/.test(given("lang")) ? `${given("lang")}/` : "";
      const address = new URL(`${prefix}${encodeURIComponent(given("series"))}/embed.json`, base).href;
      this.address = address;
      let told;
      try {
        told = await load(address);
      } catch {
        return; // What stands inside the element stays.
      }
      if (this.address === address) this.render(told, given);
    }

    render(told, given) {
      const level = Math.min(6, Math.max(1, parseInt(given("heading")) || 2));
      const limit = Math.min(100, Math.max(1, parseInt(given("limit")) || 10));
      const shown = told.sessions.filter((one) => this.hasAttribute("past") || !one.over).slice(0, limit);
      const past = shown.filter((one) => one.over);
      const coming = shown.filter((one) => !one.over);
      this.tint.replaceSync(/^#?[0-9a-f]{6}$/i.test(given("accent")) ? `:host { --picked: #${given("accent").slice(-6)} }` : "");
      this.shadowRoot.replaceChildren(make("div", { class: "box", lang: told.lang },
        make(`h${level}`, { part: "heading" }, told.heading, " ", make("span", { lang: told.title_language, dir: "auto" }, told.title)),
        coming.length ? list(coming) : make("p", { part: "state" }, told.empty),
        past.length && make(`h${Math.min(6, level + 1)}`, { part: "heading", class: "past" }, told.past),
        past.length && list(past),
        make("p", {}, make("a", { part: "all", href: told.page }, told.all))));
    }
  }

  if (!customElements.get("impulscal-sessions")) customElements.define("impulscal-sessions", Sessions);

  // Frames: each tells its height, and once more when it is asked, should it have been first.
  addEventListener("message", (event) => {
    const height = event.origin === base.origin && event.data && event.data.impulscal;
    if (!(height > 0)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.style.height = `${height}px`;
    }
  });
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(base.href)) frame.contentWindow.postMessage("impulscal", "*");
  }
})();
