import { render } from './lit.js';

const connected = new Set();
const values = Symbol('values');

/** Renders every view again: the language changed, or a second passed. */
export function refreshAll() {
  for (const view of connected) {
    view.update();
  }
}

/**
 * A custom element in the light DOM. `view()` returns its template; assigning one of
 * `properties` renders it again, once however many were assigned together.
 */
export class View extends HTMLElement {
  static properties = [];

  [values] = new Map();
  #pending = false;

  static define(name) {
    for (const property of this.properties) {
      Object.defineProperty(this.prototype, property, {
        get() {
          return this[values].get(property);
        },
        set(value) {
          if (!Object.is(this[values].get(property), value)) {
            this[values].set(property, value);
            this.update();
          }
        },
      });
    }
    customElements.define(name, this);
  }

  connectedCallback() {
    connected.add(this);
    this.update();
  }

  disconnectedCallback() {
    connected.delete(this);
  }

  update() {
    if (this.#pending) {
      return;
    }
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      if (this.isConnected) {
        render(this.view(), this);
        this.rendered();
      }
    });
  }

  /** Called after each rendering, when the elements are there. */
  rendered() {}

  /** Says something to the elements around this one. */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}
