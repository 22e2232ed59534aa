import { html, svg, type TemplateResult } from "lit/html.js";

/** Line icons on a grid of 24; the text beside each says what it is for. */
const PATHS = {
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />`,
  muted: svg`<path d="M9 9v2a3 3 0 0 0 4.5 2.6M15 10V6a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 9.6 5.7M18 13.8a6.5 6.5 0 0 0 .5-2.3M12 18v3M4 3l16 18" />`,
  stop: svg`<rect x="6.5" y="6.5" width="11" height="11" rx="2" />`,
  hold: svg`<circle cx="12" cy="12" r="4" /><path d="M4.9 4.9a10 10 0 0 0 0 14.2M19.1 4.9a10 10 0 0 1 0 14.2" />`,
  send: svg`<path d="M4 12h15M13 6l6 6-6 6" />`,
  close: svg`<path d="m6 6 12 12M18 6 6 18" />`,
  alarm: svg`<path d="M12 3 22 20.5H2ZM12 10v5M12 17.6v.4" />`,
  note: svg`<circle cx="12" cy="12" r="9.5" /><path d="M12 11v6M12 7.2v.4" />`,
  options: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9" /><circle cx="15" cy="7" r="2" /><circle cx="9" cy="17" r="2" />`,
  phone: svg`<path d="M5 4h4l2 5-2.5 1.6a11 11 0 0 0 5 5L15 13l5 2v4a1.5 1.5 0 0 1-1.6 1.5A15.6 15.6 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4Z" />`,
  whatsapp: svg`<path d="M4 20l1.2-4A8.3 8.3 0 1 1 8.3 19Z" /><path d="M9.2 8.6c-.6 2.9 2.9 6.4 5.9 5.900M9.2 8.600l1.3 1.900M15.1 14.500l-2-1.1" />`,
  email: svg`<rect x="3" y="5.5" width="18" height="13" rx="2" /><path d="m4 7.5 8 6 8-6" />`,
  copy: svg`<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2" /><path d="M15.5 8.500V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.500a2 2 0 0 0 2 2h2.5" />`,
  download: svg`<path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />`,
  bin: svg`<path d="M4.5 7h15M9.5 7V4.500h5V7M6.5 7l1 13h9l1-13M10.5 11v5M13.5 11v5" />`,
} as const;

/** An icon; hidden from screen readers. */
export function icon(name: keyof typeof PATHS): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${PATHS[name]}</svg>`;
}
