import { html, svg, type TemplateResult } from "lit/html.js";

/** Corners of the eight-pointed star, as two squares make it, on a circle of radius 100. */
const STAR = starPath(100);
const DIRECTIONS = [0, 45, 90, 135, 180, 225, 270, 315] as const;

/**
 * Sandra, as one tile of the wall: her voice stretches the eight points of a star, the guest's voice widens circles.
 *
 * What moves reads custom properties that `Levels` sets: `--v` of each `.kite`, `--guest` and `--voice` of the stage.
 */
export function orb(): TemplateResult {
  return html`
    <div class="orb" aria-hidden="true">
      <div class="wall"></div>
      <div class="lit wall"></div>
      <svg class="tile" viewBox="-120 -120 240 240">
        <g class="rings">
          <circle r="66" />
          <circle r="80" />
          <circle r="94" />
        </g>
        <path class="star" d=${STAR} />
        <g class="kites">
          ${DIRECTIONS.map(
            (degrees) => svg`<g transform=${`rotate(${degrees})`}>
              <path class="kite" d="M0 -42 13 -66 0 -92 -13 -66Z" />
            </g>`,
          )}
        </g>
        <circle class="ear" r="62" />
        <path class="heart" d=${starPath(30)} />
        <path class="slash" d="M-58 58 58 -58" />
      </svg>
    </div>
  `;
}

/** Two squares of the same size, one turned by 45°: their outline. */
function starPath(radius: number): string {
  const inner = (radius * Math.cos(Math.PI / 4)) / Math.cos(Math.PI / 8);
  const corners = Array.from({ length: 16 }, (_, i) => {
    const angle = (Math.PI / 8) * i;
    const r = i % 2 === 0 ? radius : inner;
    return `${(r * Math.sin(angle)).toFixed(1)} ${(-r * Math.cos(angle)).toFixed(1)}`;
  });
  return `M${corners.join(" ")}Z`;
}
