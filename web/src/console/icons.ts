import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { ViewName } from "./routes.ts";

/** Line drawings in a box of 24; they inherit colour and stroke from the style sheet. */
export const ICONS: Record<ViewName, SVGTemplateResult> = {
  overview: svg`<path d="M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-4H4zM14 4v4h6V4z" />`,
  calls: svg`<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2" />`,
  latency: svg`<circle cx="12" cy="13" r="7.5" /><path d="M12 13V9M9.5 2.5h5M18.5 6.5l1-1" />`,
  costs: svg`<ellipse cx="12" cy="6.5" rx="7.5" ry="3" /><path d="M4.5 6.5v11c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3v-11M4.5 12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3" />`,
  engines: svg`<rect x="4" y="4" width="16" height="6.5" rx="1.5" /><rect x="4" y="13.5" width="16" height="6.5" rx="1.5" /><path d="M7.5 7.25h.01M7.5 16.75h.01M12 7.25h4.5M12 16.75h4.5" />`,
  library: svg`<path d="M4 10v4M8 6.5v11M12 3.5v17M16 7.5v9M20 10.5v3" />`,
  gaps: svg`<path d="M4.5 5.5h15v11h-8l-4 4v-4h-3z" /><path d="M10.2 9.3a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.5-.8 1M12 14h.01" />`,
  try: svg`<path d="M10 3.5h4M10.8 3.5v6L5 19a1 1 0 0 0 .9 1.5h12.2A1 1 0 0 0 19 19l-5.8-9.5v-6M8 15h8" />`,
};

export const SIGNS = {
  attention: svg`<path d="M12 3.5 21.5 20h-19ZM12 10v4.5M12 17.2v.3" />`,
  good: svg`<circle cx="12" cy="12" r="8.5" /><path d="m8 12.3 2.8 2.7L16 9.5" />`,
  back: svg`<path d="M20 12H5M11 6l-6 6 6 6" />`,
  forth: svg`<path d="M4 12h15M13 6l6 6-6 6" />`,
  down: svg`<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />`,
  copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2" /><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2" />`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h16" />`,
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />`,
  leave: svg`<path d="M14 4H5.5A1.5 1.5 0 0 0 4 5.5v13A1.5 1.5 0 0 0 5.5 20H14M10 12h10M16.5 8.5 20 12l-3.5 3.5" />`,
  guest: svg`<circle cx="12" cy="8" r="4" /><path d="M4.5 20a7.5 7.5 0 0 1 15 0" />`,
} as const;

const PETALS = [0, 45, 90, 135, 180, 225, 270, 315];

/** Her star, as on the guest's page. */
export const star: TemplateResult = html`<svg class="star" viewBox="-52 -52 104 104" aria-hidden="true">
  <path
    class="tile-face"
    d="M0-50 14.6-35.4H35.4V-14.6L50 0 35.4 14.6V35.4H14.6L0 50-14.6 35.4H-35.4V14.6L-50 0-35.4-14.6V-35.4H-14.6Z"
  />
  <g class="petals">${PETALS.map((turn) => svg`<path transform="rotate(${turn})" d="M0-19 7-31 0-44-7-31Z" />`)}</g>
  <circle r="11" />
</svg>`;
