// The server allows neither style elements nor style attributes written as text. What the editor writes that way is
// applied here through the object model, which the policy allows: rules as constructed sheets, attributes one by one.

/** Stands in for the style element that the editor asks for; its rules live in a sheet made by script. */
export function makeSheet(): HTMLElement {
  const stand = document.createElement("template");
  const sheet = new CSSStyleSheet();
  let text = "";
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperties(stand, {
    sheet: { value: sheet },
    textContent: {
      get: () => text,
      set: (rules: string) => {
        text = rules;
        sheet.replaceSync(rules);
      },
    },
    remove: {
      value: () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
        Element.prototype.remove.call(stand);
      },
    },
  });
  return stand;
}

const held = "data-held-style";

/** The same markup with its style attributes held back under another name. */
export function holdStyles(html: string): string {
  return html.replaceAll(/ style="/g, ` ${held}="`).replaceAll(/ style='/g, ` ${held}='`);
}

function apply(element: Element): void {
  const text = element.getAttribute(held);
  if (text === null) return;
  element.removeAttribute(held);
  if (element instanceof HTMLElement) element.style.cssText += text;
}

/** Applies held styles of whatever is put under `root`, before it is painted. Returns the end of it. */
export function applyHeldStyles(root: Element): () => void {
  const all = (from: Element) => {
    apply(from);
    from.querySelectorAll(`[${held}]`).forEach(apply);
  };
  all(root);
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) addedNodes.forEach((node) => node instanceof Element && all(node));
  });
  watch.observe(root, { childList: true, subtree: true });
  return () => watch.disconnect();
}
