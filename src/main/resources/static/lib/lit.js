/** The one place that names the version of lit-html; the jar of the same version serves it. */
export { html, svg, nothing, render } from '../webjars/lit-html/3.3.2/lit-html.js';
export { repeat } from '../webjars/lit-html/3.3.2/directives/repeat.js';
