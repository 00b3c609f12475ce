/**
 * Reads any CSS colour as the browser understands it.
 * @param {string} css
 * @returns {number[]|undefined} red, green, blue from 0 to 255
 */
function parse(css) {
  const probe = document.createElement('i');
  // color-mix turns every notation (oklch, hsl, names …) into plain sRGB; older browsers know only the plain ones.
  probe.style.color = css;
  if (!probe.style.color) return undefined;
  probe.style.color = `color-mix(in srgb, ${css} 100%, ${css})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  const parts = value.replace(/^color\(srgb/, '').match(/[\d.e-]+/g)?.slice(0, 3).map(Number);
  if (!parts || parts.length < 3) return undefined;
  return value.startsWith('color(') ? parts.map((part) => part * 255) : parts;
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Moves a colour towards another until it can be read (AA) on a ground. */
function readable(rgb, ground, towards) {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = rgb.map((part, i) => Math.round(part + (towards[i] - part) * share));
    if (contrast(mixed, ground) >= 4.6) return mixed;
  }
  return towards;
}

const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const LIGHT_GROUND = [241, 243, 246];
const DARK_GROUND = [42, 46, 55];

/**
 * Sets the custom properties the styles draw with: the brand colour, what can be read on it, and the shades of it
 * that can be read as text in the light and in the dark theme.
 * @param {HTMLElement} host
 * @param {?string} css the shop's colour
 */
export function paint(host, css) {
  const brand = (css && parse(css)) || [15, 104, 92];
  const shades = {
    '--brand': brand,
    '--on-brand': contrast(brand, WHITE) >= 4.5 ? WHITE : BLACK,
    '--accent-light': readable(brand, LIGHT_GROUND, BLACK),
    '--accent-dark': readable(brand, DARK_GROUND, WHITE),
  };
  for (const [name, rgb] of Object.entries(shades)) host.style.setProperty(name, `rgb(${rgb.map(Math.round).join(' ')})`);
}
