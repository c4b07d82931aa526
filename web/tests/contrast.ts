export type Tokens = Record<string, string>;

const presets = ["gold", "green", "red", "blue", "grey"];

function channel(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16)));
  const [red = 0, green = 0, blue = 0] = parts;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2 contrast ratio of two #rrggbb colours, 1 to 21. */
export function contrast(first: string, second: string): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function block(css: string, selector: string): Tokens {
  const start = css.indexOf(`\n${selector} {`);
  if (start < 0) return {};
  const body = css.slice(start, css.indexOf("\n}", start));
  const found = body.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g);
  return Object.fromEntries([...found].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

/** The ten colour sets a page can have: two themes times five presets, resolved as CSS would. */
export function readThemes(css: string): Record<string, Tokens> {
  const themes: Record<string, Tokens> = {};
  for (const preset of presets) {
    const light = { ...block(css, ":root"), ...block(css, `[data-preset="${preset}"]`) };
    const dark = {
      ...light,
      ...block(css, '[data-theme="dark"]'),
      ...block(css, `[data-theme="dark"][data-preset="${preset}"]`),
    };
    themes[`light ${preset}`] = light;
    themes[`dark ${preset}`] = dark;
  }
  return themes;
}
