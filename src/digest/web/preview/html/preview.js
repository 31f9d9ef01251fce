// Shows a page anew when a file that it was made from is saved. Without it every page works; one reloads by hand.
"use strict";
(() => {
  const status = document.getElementById("live-status");
  let stream = null;

  const made = () => document.querySelector("meta[name=live]")?.content;

  function listen() {
    stream?.close();
    stream = null;
    if (!made() || document.hidden) return;
    stream = new EventSource("/live?" + made());
    stream.addEventListener("changed", () => renew("changed"));
    stream.addEventListener("built", () => renew("built"));
  }

  // What somebody has begun to type is never thrown away.
  function begun() {
    return [...document.querySelectorAll("main input, main textarea, main select")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT"
          ? field.selectedIndex !== Math.max([...field.options].findIndex((option) => option.defaultSelected), 0)
          : field.type !== "hidden" && field.value !== field.defaultValue);
  }

  function told(words, again, lost) {
    if (!status) return;
    status.textContent = words;
    if (again) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = "Show it";
      status.append(" ", link, lost);
    }
    status.classList.toggle("seen", again);
  }

  // Whether the page must be left as it is; it then says so.
  function held() {
    if (begun()) told("This changed on disk while you were typing.", true, " without what you typed.");
    else if (document.querySelector("meta[name=live][data-keeps]")) told("This changed on disk.", true, ".");
    else return false;
    return true;
  }

  // A thing that had the focus, or stood open, is found again by what it is called.
  const name = (element) => element.id ? "#" + element.id
    : element.getAttribute("href") ?? element.closest("details")?.querySelector("summary")?.textContent;

  // Puts what is new in the place of what stands there, but for a mail in its frame: that stays on the screen until
  // the new one is there. Whether a frame is to be waited for.
  function graft(old, fresh, again) {
    const frames = old.matches("iframe") && fresh.matches("iframe");
    if (frames && !again && old.src === fresh.src) return false;
    // An address with a place in it (#) is gone to without being read anew, so such a frame is put in afresh.
    if (frames && !fresh.src.includes("#")) {
      for (const { name, value } of fresh.attributes) if (name !== "src") old.setAttribute(name, value);
      const lazy = fresh.getAttribute("loading") === "lazy";
      if (!lazy) old.addEventListener("load", listen, { once: true });
      old.src = fresh.src;
      return !lazy;
    }
    if (!old.querySelector("iframe") || old.children.length !== fresh.children.length) {
      const frame = frames ? fresh : fresh.querySelector("iframe:not([loading=lazy])");
      if (frame) frame.addEventListener("load", listen, { once: true });
      old.replaceWith(document.adoptNode(fresh));
      return Boolean(frame);
    }
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    const pairs = [...old.children].map((child, at) => [child, fresh.children[at]]);
    return pairs.map(([a, b]) => graft(a, b, again)).some(Boolean);
  }

  async function renew(kind) {
    stream?.close();
    stream = null;
    if (held()) return;
    let fresh;
    try {
      const answer = await fetch(location.href, { cache: "no-store", headers: { "Preview-Anew": "1" } });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
        location.reload();
        return;
      }
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      setTimeout(listen, 1000);
      return;
    }
    const main = fresh.querySelector("main");
    const mark = fresh.querySelector("meta[name=live]");
    if (!main || !mark) {
      location.reload();
      return;
    }
    // Somebody may have begun while the page was on its way.
    if (held()) return;
    const before = document.querySelector("main");
    const focused = document.activeElement && document.activeElement.closest("main")
      ? name(document.activeElement) : null;
    const open = new Set([...document.querySelectorAll("main details[open]")].map(name));
    main.querySelectorAll("details").forEach((one) => { if (open.has(name(one))) one.open = true; });
    const since = (live) => new URLSearchParams(live).get("since");
    const waits = graft(before, main, kind !== "built" || since(mark.content) !== since(made()));
    document.querySelector("meta[name=live]").content = mark.content;
    document.title = fresh.title;
    if (focused) [...document.querySelectorAll("main a, main button, main summary, main input, main [tabindex]")]
      .find((one) => name(one) === focused)?.focus({ preventScroll: true });
    if (kind === "changed") told("Shown as it is now.", false, "");
    if (!waits) listen();
  }

  document.addEventListener("visibilitychange", listen);
  if (document.readyState === "complete") listen();
  else addEventListener("load", listen);
})();
