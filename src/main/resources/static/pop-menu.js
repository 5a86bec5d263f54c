import { html, nothing } from './lib/lit.js';
import { t } from './lib/i18n.js';
import { View } from './lib/view.js';
import { icon } from './lib/icons.js';
import { number } from './lib/format.js';
import { copy, toast } from './lib/clipboard.js';

/** A button that opens a short menu; each item copies its text. */
class PopMenu extends View {
  static properties = ['label', 'glyph', 'items', 'note'];

  #open = false;
  #outside = (event) => !this.contains(event.target) && this.#show(false);

  view() {
    return html`
      <button class="button" aria-haspopup="menu" aria-expanded=${this.#open} @click=${() => this.#show(!this.#open)}
        @keydown=${(event) => this.#buttonKey(event)}>${icon(this.glyph)}${this.label}${icon('down')}</button>
      ${this.#open
        ? html`<div class="menu" role="menu" aria-label=${this.label} @keydown=${(event) => this.#key(event)}>
            ${this.items.map((item) => html`
              <button role="menuitem" tabindex="-1" ?disabled=${!item.count} @click=${() => this.#choose(item)}>
                <span>${item.label}</span><span class="soft">${number(item.count)}</span></button>`)}
            ${this.note ? html`<p class="menu-note soft">${this.note}</p>` : nothing}
          </div>`
        : nothing}`;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.#outside);
  }

  #show(open) {
    this.#open = open;
    document[open ? 'addEventListener' : 'removeEventListener']('pointerdown', this.#outside);
    this.update();
    if (open) {
      queueMicrotask(() => this.#items[0]?.focus());
    }
  }

  get #items() {
    return [...this.querySelectorAll('[role=menuitem]:not(:disabled)')];
  }

  #buttonKey(event) {
    if (event.key === 'ArrowDown' && !this.#open) {
      event.preventDefault();
      this.#show(true);
    }
  }

  #key(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[to]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.stopPropagation();
      if (event.key === 'Escape') {
        event.preventDefault();
        this.querySelector('button').focus();
      }
      this.#show(false);
    }
  }

  async #choose(item) {
    this.#show(false);
    this.querySelector('button').focus();
    toast((await copy(item.text)) ? t('copy.done', { n: item.count }) : t('copy.refused'));
  }
}

PopMenu.define('pop-menu');
